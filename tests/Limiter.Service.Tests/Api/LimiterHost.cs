using Grpc.Net.Client;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Api;

/// <summary>The whole Limiter on ports of its own, with neither Postgres nor Kafka nor Explainer: it must decide all the same.</summary>
public sealed class LimiterHost : IDisposable
{
    /// <summary>Signs the tokens of the suite's services.</summary>
    public const string Key = "0123456789abcdef0123456789abcdef0123456789abcdef";

    private readonly WebApplicationFactory<Program> _factory;
    private readonly GrpcChannel _channel;
    private readonly string _folder = Directory.CreateTempSubdirectory("limiter-tests").FullName;

    public LimiterHost()
        : this([])
    {
    }

    /// <summary>A host with further settings.</summary>
    internal LimiterHost(params (string Key, string Value)[] settings)
    {
        var (http, grpc) = (FreePort.Take(), FreePort.Take());
        _factory = new WebApplicationFactory<Program>().WithWebHostBuilder(builder => settings.Aggregate(builder, (all, setting) => all.UseSetting(setting.Key, setting.Value))
            .UseSetting("HTTP_PORT", $"{http}")
            .UseSetting("GRPC_PORT", $"{grpc}")
            .UseSetting("Suite:Key", Key)
            .UseSetting("ConnectionStrings:suite", "Host=127.0.0.1;Port=9;Username=x;Database=suite;Timeout=1")
            .UseSetting("ConnectionStrings:broker", "127.0.0.1:9")
            .UseSetting("services:explainer:grpc:0", "http://127.0.0.1:9")
            .UseSetting("Limiter:DataFolder", _folder)
            .UseSetting("Limiter:ClientsMax", "4096")
            .UseSetting("Limiter:EventLinger", "00:10:00")
            .UseSetting("Logging:LogLevel:Default", "Error"));
        _factory.UseKestrel();
        _factory.StartServer();
        Address = new Uri($"http://127.0.0.1:{grpc}");
        _channel = GrpcChannel.ForAddress(Address);
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{http}") };
    }

    public LimiterApi.LimiterApiClient Limiter => new(_channel);

    public GrpcChannel Channel => _channel;

    /// <summary>Of its gRPC port.</summary>
    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _factory.Services;

    public void Dispose()
    {
        Http.Dispose();
        _channel.Dispose();
        _factory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
