using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.Client.Decisions;

namespace RateLimitSuite.Client.Tests;

/// <summary>A host with nothing but the client.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ClientHost(IHost host) => _host = host;

    public IRateLimitClient Client => _host.Services.GetRequiredService<IRateLimitClient>();

    internal DecisionStream Stream => _host.Services.GetRequiredService<DecisionStream>();

    public static async Task<ClientHost> StartAsync(Uri address, Action<RateLimitClientOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddRateLimitSuiteClient(options =>
        {
            options.Address = address;
            options.Key = LimiterServer.Key;
            options.Deadline = TimeSpan.FromSeconds(30);   // A busy machine is no fault of the Limiter's.
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
