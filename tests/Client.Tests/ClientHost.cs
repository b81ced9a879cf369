using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RateLimitSuite.Client.Decisions;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client.Tests;

/// <summary>A host with nothing but the client.</summary>
internal sealed class ClientHost : IAsyncDisposable
{
    private readonly IHost _host;

    private ClientHost(IHost host) => _host = host;

    public IRateLimitClient Client => _host.Services.GetRequiredService<IRateLimitClient>();

    internal DecisionStream Stream => _host.Services.GetRequiredService<DecisionStream>();

    /// <summary>Whether the host still runs: a background service that throws would end it.</summary>
    public bool IsRunning => !_host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public static async Task<ClientHost> StartAsync(Uri address, Action<RateLimitClientOptions>? configure = null, HttpMessageHandler? handler = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        if (handler is not null)
        {
            builder.Services.AddSingleton(new LimiterApi.LimiterApiClient(GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler })));
        }

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
