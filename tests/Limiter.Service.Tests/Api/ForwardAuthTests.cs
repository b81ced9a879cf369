using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Tests.Api;

public sealed class ForwardAuthTests(LimiterHost host) : IClassFixture<LimiterHost>
{
    [Fact]
    public async Task Get_ClientByHeader_AnswersHeadersOfTheDraft()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/check?legacy=true");
        request.Headers.Add("X-Client-Id", "browser");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9, 10.0.0.7");

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("\"default\";q=20;w=2", Header(response, "RateLimit-Policy"));   // 20 tokens at 10/s
        Assert.Equal("\"default\";r=9", Header(response, "RateLimit"));
        Assert.Equal("20", Header(response, "X-RateLimit-Limit"));
        Assert.Equal(7, Guid.Parse(Header(response, "X-RateLimit-Request-Id")).Version);
    }

    [Theory]
    [InlineData("", HttpStatusCode.TooManyRequests)]
    [InlineData("&deny=403", HttpStatusCode.Forbidden)]
    public async Task Get_BucketEmpty_RefusesAndSaysWhenToComeBack(string query, HttpStatusCode expected)
    {
        using var response = await host.Http.GetAsync($"/check?client=greedy&cost=19{query}");

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("1", Header(response, "Retry-After"));   // 9 tokens at 10/s, rounded up
        Assert.EndsWith(";t=1", Header(response, "RateLimit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_NoClient_TakesTheAddressThatTheGatewaySaw()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/check");
        request.Headers.Add("X-Forwarded-For", "192.0.2.44, 198.51.100.1");

        using var response = await host.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Knows("198.51.100.1"));
        Assert.False(Knows("192.0.2.44"));
    }

    [Theory]
    [InlineData("/check?client=a&cost=-1")]
    [InlineData("/check?client=a&cost=NaN")]
    [InlineData("/check?client=a&domain=nowhere")]
    [InlineData("/check?client=a&deny=500")]
    public async Task Get_BadQuery_Is400(string path)
    {
        using var response = await host.Http.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private bool Knows(string client)
    {
        var number = host.Services.GetRequiredService<PolicyHolder>().Current.Resolve("", client)!.Number;
        using var entry = host.Services.GetRequiredService<ClientTable>().EnterKnown(Encoding.UTF8.GetBytes(client), number);
        return entry.Exists;
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(",", response.Headers.GetValues(name));
}
