using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Airgap.GrpcTests.Interop;

namespace RateLimitSuite.Airgap.GrpcTests.Servers;

/// <summary>A server on a free loopback port that speaks HTTP/2 without TLS.</summary>
internal sealed class KestrelServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private KestrelServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(_app.Urls.Single());
    }

    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<KestrelServer> StartAsync(
        Action<WebApplication> map, Action<IServiceCollection>? configure = null, Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel?.Invoke(options);
        });
        builder.Services.AddGrpc();
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new KestrelServer(app);
    }

    /// <summary>A server with the interoperability service, which compresses responses for those who accept it.</summary>
    public static Task<KestrelServer> StartInteropAsync() =>
        StartAsync(
            app => app.MapGrpcService<InteropService>(),
            services => services.AddSingleton<InteropService>().AddGrpc(options => options.ResponseCompressionAlgorithm = "gzip"));

    /// <summary>A server with one scripted service.</summary>
    public static Task<KestrelServer> StartAsync(ScriptedService service, Action<IServiceCollection>? configure = null) =>
        StartAsync(
            app => app.MapGrpcService<ScriptedService>(),
            services =>
            {
                services.AddSingleton(service);
                configure?.Invoke(services);
            });

    /// <summary>A client of the server's interoperability service.</summary>
    public TestService.TestServiceClient CreateClient(GrpcChannelOptions? options = null) =>
        new(GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions()));

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
