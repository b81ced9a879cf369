using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults.Tests;

/// <summary>A service with nothing but the defaults, on free ports of loopback.</summary>
internal static class SuiteApplication
{
    public const string Key = "a key of the tests, 32 bytes long";

    public static WebApplicationBuilder CreateBuilder(params (string Name, string? Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "TestService" });
        builder.Configuration.AddInMemoryCollection([new("Suite:Key", Key), new("HTTP_PORT", "0"), new("GRPC_PORT", "0")]);
        foreach (var (name, value) in settings)
        {
            builder.Configuration[name] = value;
        }

        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.AddServiceDefaults();
        builder.AddSuiteEndpoints();
        return builder;
    }

    /// <summary>Addresses in the order in which the ports were bound: HTTP/1.1, then HTTP/2.</summary>
    public static Uri[] Addresses(this WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];
}
