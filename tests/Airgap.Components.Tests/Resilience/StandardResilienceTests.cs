using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace RateLimitSuite.Airgap.Components.Tests.Resilience;

public sealed class StandardResilienceTests
{
    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, 4)]      // one attempt and three retries
    [InlineData(HttpStatusCode.InternalServerError, 4)]
    [InlineData(HttpStatusCode.RequestTimeout, 4)]
    [InlineData(HttpStatusCode.TooManyRequests, 4)]
    [InlineData(HttpStatusCode.NotFound, 1)]
    [InlineData(HttpStatusCode.OK, 1)]
    public async Task Send_AlwaysAnswered_IsRepeatedWhereTheAnswerMayPass(HttpStatusCode answer, int attempts)
    {
        var server = new FakeServer((_, _) => new HttpResponseMessage(answer));
        using var client = CreateClient(server, options => options.Retry.Delay = TimeSpan.Zero);

        using var response = await client.GetAsync("http://service");

        Assert.Equal(answer, response.StatusCode);
        Assert.Equal(attempts, server.Attempts);
    }

    [Fact]
    public async Task Send_ConnectionBreaksOnce_Succeeds()
    {
        var server = new FakeServer((attempt, _) => attempt == 1 ? throw new HttpRequestException("reset") : new HttpResponseMessage());
        using var client = CreateClient(server, options => options.Retry.Delay = TimeSpan.Zero);

        using var response = await client.GetAsync("http://service");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Attempts);
    }

    [Fact]
    public async Task Send_ServerSaysRetryAfter_WaitsThatLongInsteadOfTheBackOff()
    {
        var server = new FakeServer((attempt, _) =>
        {
            var response = new HttpResponseMessage(attempt == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK);
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromMilliseconds(1));
            return response;
        });
        using var client = CreateClient(server, options => options.Retry.Delay = TimeSpan.FromHours(1));

        using var response = await client.GetAsync("http://service").WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Send_NoAnswerWithinAnAttempt_TriesAgainAndThenGivesUp()
    {
        var server = new FakeServer((_, _) => null);
        using var client = CreateClient(server, options =>
        {
            options.AttemptTimeout.Timeout = TimeSpan.FromMilliseconds(50);
            options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(30);
            options.Retry.Delay = TimeSpan.Zero;
            options.Retry.MaxRetryAttempts = 1;
        });

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => client.GetAsync("http://service"));

        Assert.Equal(2, server.Attempts);
    }

    [Fact]
    public async Task Send_ServiceKeepsFailing_IsNotAskedForAWhile()
    {
        var server = new FakeServer((_, _) => new HttpResponseMessage(HttpStatusCode.InternalServerError));
        using var client = CreateClient(server, options =>
        {
            options.Retry.ShouldHandle = _ => new ValueTask<bool>(false);
            options.CircuitBreaker.MinimumThroughput = 5;
        });
        for (var i = 0; i < 5; i++)
        {
            (await client.GetAsync("http://service")).Dispose();
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("http://service"));

        Assert.Equal(5, server.Attempts);
    }

    [Fact]
    public async Task RemoveAllResilienceHandlers_OfADefault_AsksOnce()
    {
        var server = new FakeServer((_, _) => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
#pragma warning disable EXTEXP0001 // Some versions publish it "for evaluation".
        services.AddHttpClient("test").ConfigurePrimaryHttpMessageHandler(() => server).RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        using var client = services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("test");

        (await client.GetAsync("http://service")).Dispose();

        Assert.Equal(1, server.Attempts);
    }

    [Fact]
    public void Options_ByDefault_AreThePublishedOnes()
    {
        var options = new HttpStandardResilienceOptions();

        Assert.Equal(1_000, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit);
        Assert.Equal(0, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit);
        Assert.Equal(TimeSpan.FromSeconds(30), options.TotalRequestTimeout.Timeout);
        Assert.Equal(3, options.Retry.MaxRetryAttempts);
        Assert.Equal(TimeSpan.FromSeconds(2), options.Retry.Delay);
        Assert.Equal(DelayBackoffType.Exponential, options.Retry.BackoffType);
        Assert.True(options.Retry.UseJitter);
        Assert.True(options.Retry.ShouldRetryAfterHeader);
        Assert.Equal(0.1, options.CircuitBreaker.FailureRatio);
        Assert.Equal(100, options.CircuitBreaker.MinimumThroughput);
        Assert.Equal(TimeSpan.FromSeconds(30), options.CircuitBreaker.SamplingDuration);
        Assert.Equal(TimeSpan.FromSeconds(5), options.CircuitBreaker.BreakDuration);
        Assert.Equal(TimeSpan.FromSeconds(10), options.AttemptTimeout.Timeout);
    }

    private static HttpClient CreateClient(FakeServer server, Action<HttpStandardResilienceOptions> configure)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("test").ConfigurePrimaryHttpMessageHandler(() => server).AddStandardResilienceHandler(configure);
        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("test");
    }

    /// <summary>Answers as the test says; with null it never does.</summary>
    private sealed class FakeServer(Func<int, HttpRequestMessage, HttpResponseMessage?> answer) : HttpMessageHandler
    {
        public int Attempts { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Attempts++;
            if (answer(Attempts, request) is { } response)
            {
                return response;
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("An endless wait ended.");
        }
    }
}
