using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RateLimitSuite.Dashboard.Tests.Fakes;

/// <summary>All services that the dashboard asks, on one port of this process.</summary>
internal sealed class FakeSuite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSuite()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Limiter).AddSingleton(Explainer).AddSingleton(DriftMonitor).AddSingleton(Trainer);
        _app = builder.Build();
        _app.MapGrpcService<FakeLimiter>();
        _app.MapGrpcService<FakeExplainer>();
        _app.MapGrpcService<FakeDriftMonitor>();
        _app.MapGrpcService<FakeTrainer>();
    }

    public FakeLimiter Limiter { get; } = new();

    public FakeExplainer Explainer { get; } = new();

    public FakeDriftMonitor DriftMonitor { get; } = new();

    public FakeTrainer Trainer { get; } = new();

    public string Address => _app.Urls.Single();

    public static async Task<FakeSuite> StartAsync()
    {
        var suite = new FakeSuite();
        await suite._app.StartAsync();
        return suite;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
