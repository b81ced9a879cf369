using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests.Endpoints;

public sealed class SuiteEndpointsTests
{
    [Theory]
    [InlineData(0, "1.1")]
    [InlineData(1, "2.0")]
    public async Task Ports_EachSpeaksItsProtocol(int index, string version)
    {
        await using var app = SuiteApplication.CreateBuilder().Build();
        app.MapGet("/protocol", (HttpContext context) => context.Request.Protocol);
        await app.StartAsync();
        using var client = new HttpClient
        {
            BaseAddress = app.Addresses()[index],
            DefaultRequestVersion = Version.Parse(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        var protocol = await client.GetStringAsync("protocol");

        Assert.Equal(index == 0 ? "HTTP/1.1" : "HTTP/2", protocol);
        Assert.All(app.Addresses(), address => Assert.Equal("127.0.0.1", address.Host));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/metrics")]
    public async Task DefaultEndpoints_InProduction_AnswerWithoutSignIn(string path)
    {
        await using var app = SuiteApplication.CreateBuilder().Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };

        using var response = await client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("HTTP_PORT", "65536")]
    [InlineData("HTTP_PORT", "-1")]
    [InlineData("GRPC_PORT", "http")]
    public void AddSuiteEndpoints_PortIsNone_NamesSettingAndRange(string setting, string value)
    {
        var error = Assert.Throws<InvalidOperationException>(() => SuiteApplication.CreateBuilder((setting, value)));

        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 65535", error.Message, StringComparison.Ordinal);
    }
}
