using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.ServiceDefaults.Tests.Auth;

public sealed class SuiteAuthTests
{
    private const string DataPlaneKey = "the gateways' key, 32 bytes or so";

    [Theory]
    [InlineData(null, "viewer", HttpStatusCode.Unauthorized)]
    [InlineData(SuiteRoles.Viewer, "viewer", HttpStatusCode.OK)]
    [InlineData(SuiteRoles.Viewer, "operator", HttpStatusCode.Forbidden)]
    [InlineData(SuiteRoles.Viewer, "service", HttpStatusCode.Forbidden)]
    [InlineData(SuiteRoles.Operator, "viewer", HttpStatusCode.OK)]
    [InlineData(SuiteRoles.Operator, "operator", HttpStatusCode.OK)]
    [InlineData(SuiteRoles.Operator, "service", HttpStatusCode.Forbidden)]
    [InlineData(SuiteRoles.Service, "operator", HttpStatusCode.OK)]
    [InlineData(SuiteRoles.Service, "service", HttpStatusCode.OK)]
    public async Task Request_WithRole_GetsWhatThePolicyAllows(string? role, string path, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };
        if (role is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.Services.GetRequiredService<SuiteTokens>().Issue("ada", role));
        }

        using var response = await client.GetAsync(path);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task DataPlane_OnLoopbackWithoutKey_IsOpen()
    {
        await using var app = await StartAsync();

        Assert.Equal(HttpStatusCode.OK, await AskDataPlaneAsync(app, key: null));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    [InlineData(DataPlaneKey, HttpStatusCode.OK)]
    public async Task DataPlane_WithKeySet_AsksForIt(string? key, HttpStatusCode expected)
    {
        await using var app = await StartAsync(("Suite:DataPlaneKey", DataPlaneKey));

        Assert.Equal(expected, await AskDataPlaneAsync(app, key));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("31 bytes, one fewer than needed")]
    public async Task Start_KeyMissingOrShort_FailsNamingTheSetting(string? key)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Suite:Key", key)));

        Assert.Contains("Suite__Key", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_DataPlaneBeyondLoopbackWithoutKey_FailsNamingBothSettings()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(("Suite:BindAddress", "0.0.0.0")));

        Assert.Contains("Suite:BindAddress", error.Message, StringComparison.Ordinal);
        Assert.Contains("Suite__DataPlaneKey", error.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(params (string, string?)[] settings)
    {
        var builder = SuiteApplication.CreateBuilder(settings);
        builder.RequireDataPlaneKeyUnlessLoopback();
        var app = builder.Build();
        app.MapGet("/viewer", () => "ok").RequireAuthorization(SuitePolicies.Viewer);
        app.MapGet("/operator", () => "ok").RequireAuthorization(SuitePolicies.Operator);
        app.MapGet("/service", () => "ok").RequireAuthorization(SuitePolicies.Service);
        app.MapGet("/decide", () => "ok").RequireDataPlaneAccess();
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async Task<HttpStatusCode> AskDataPlaneAsync(WebApplication app, string? key)
    {
        using var client = new HttpClient { BaseAddress = app.Addresses()[0] };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("x-suite-key", key);
        }

        using var response = await client.GetAsync("decide");
        return response.StatusCode;
    }
}
