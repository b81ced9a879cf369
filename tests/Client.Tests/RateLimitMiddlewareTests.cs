using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Tests;

public sealed class RateLimitMiddlewareTests(LimiterFixture limiter) : IClassFixture<LimiterFixture>
{
    [Fact]
    public async Task Request_BeyondTheBurst_Is429WithFieldsAndProblemDetails()
    {
        await using var app = await StartAsync(limiter.Server.Address);
        using var http = Http(app, "m-alice");
        using var first = await http.GetAsync("/hello");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("\"three\";r=2", Field(first, "RateLimit"));
        Assert.StartsWith("\"three\";q=3;w=", Field(first, "RateLimit-Policy"), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            (await http.GetAsync("/hello")).Dispose();
        }

        using var refused = await http.GetAsync("/hello");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.FromSeconds(10));
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((429, "bucket_empty"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("reason").GetString()));
        Assert.Equal(Field(refused, "X-RateLimit-Request-Id"), problem.GetProperty("request_id").GetString());
    }

    [Fact]
    public async Task Request_EndpointsOwnDomainAndCost_AreUsed()
    {
        await using var app = await StartAsync(limiter.Server.Address);
        using var http = Http(app, "m-bob");

        using var answer = await http.GetAsync("/wide");

        Assert.StartsWith("\"wide\";r=9", Field(answer, "RateLimit"), StringComparison.Ordinal);
        Assert.InRange(double.Parse(Field(answer, "RateLimit").Split("r=")[1], System.Globalization.CultureInfo.InvariantCulture), 99_000, 99_500 + 499);
    }

    [Fact]
    public async Task Request_DisabledEndpointOrNobody_IsNotAskedAbout()
    {
        await using var app = await StartAsync(limiter.Server.Address);
        using var named = Http(app, "m-carol");
        using var nameless = Http(app, null);

        using var health = await named.GetAsync("/health");
        using var hello = await nameless.GetAsync("/hello");

        Assert.False(health.Headers.Contains("RateLimit"));
        Assert.False(hello.Headers.Contains("RateLimit"));
    }

    [Theory]
    [InlineData("/status/200", OutcomeClass.Ok)]
    [InlineData("/status/404", OutcomeClass.ClientError)]
    [InlineData("/status/500", OutcomeClass.ServerError)]
    [InlineData("/status/503", OutcomeClass.Shed)]
    [InlineData("/status/504", OutcomeClass.Timeout)]
    [InlineData("/throw", OutcomeClass.ServerError)]
    public async Task Request_Admitted_ReportsHowItEnded(string path, OutcomeClass outcome)
    {
        var recorder = new RecordingClient();
        await using var app = await StartAsync(limiter.Server.Address, recorder);
        using var http = Http(app, "m-dave");

        (await http.GetAsync(path)).Dispose();

        var (request, reported) = Assert.Single(recorder.Reports);
        Assert.Equal(("m-dave", outcome), (request.ClientId, reported));
    }

    private static string Field(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    private static HttpClient Http(WebApplication app, string? client)
    {
        var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (client is not null)
        {
            http.DefaultRequestHeaders.Add("X-Client", client);
        }

        return http;
    }

    private static async Task<WebApplication> StartAsync(Uri address, IRateLimitClient? client = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        if (client is not null)
        {
            builder.Services.AddSingleton(client);
        }

        builder.Services.AddRateLimitSuiteClient(options =>
        {
            options.Address = address;
            options.Key = LimiterServer.Key;
            options.Deadline = TimeSpan.FromSeconds(30);
        });
        var app = builder.Build();
        app.UseRouting();
        app.UseRateLimitSuite(options => options.ClientOf = context => context.Request.Headers["X-Client"].FirstOrDefault());
        app.MapGet("/hello", () => "hello");
        app.MapGet("/wide", () => "wide").LimitBySuite("wide", cost: 500);
        app.MapGet("/health", () => "ok").DisableSuiteLimit();
        app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
        app.MapGet("/throw", () => { throw new InvalidOperationException("on purpose"); });
        await app.StartAsync();
        return app;
    }

    /// <summary>Lets everything pass and keeps what is reported.</summary>
    private sealed class RecordingClient : IRateLimitClient
    {
        public System.Collections.Concurrent.ConcurrentQueue<(RateLimitRequest, OutcomeClass)> Reports { get; } = [];

        public ValueTask<RateLimitDecision> DecideAsync(RateLimitRequest request, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new RateLimitDecision(true, DecisionSource.Limiter) { RequestId = "r" });

        public void Report(RateLimitRequest request, RateLimitDecision decision, TimeSpan latency, OutcomeClass outcome) => Reports.Enqueue((request, outcome));
    }
}
