using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Smoke;

/// <summary>Asks every service of a running suite how it stands.</summary>
internal sealed class SuiteObserver : IDisposable
{
    private const int HistoryKept = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly List<GrpcChannel> _channels = [];
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Func<string> _token;
    private readonly Uri _traffic;
    private readonly LimiterApi.LimiterApiClient _limiter;
    private readonly ExplainerApi.ExplainerApiClient _explainer;
    private readonly DriftMonitorApi.DriftMonitorApiClient _drift;
    private readonly TrainerApi.TrainerApiClient _trainer;

    /// <param name="endpoint">Gives the address of a resource's endpoint.</param>
    /// <param name="token">Issues a bearer token of role operator.</param>
    public SuiteObserver(Func<string, string, Uri> endpoint, Func<string> token)
    {
        _token = token;
        _traffic = new Uri(endpoint("traffic", "http"), "status");
        _limiter = new(Channel(endpoint("limiter", "grpc")));
        _explainer = new(Channel(endpoint("explainer", "grpc")));
        _drift = new(Channel(endpoint("driftmonitor", "grpc")));
        _trainer = new(Channel(endpoint("trainer", "grpc")));
    }

    public LimiterApi.LimiterApiClient Limiter => _limiter;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public async Task<SuiteSight> LookAsync(CancellationToken cancellation)
    {
        var limiter = AskAsync(o => _limiter.GetStatusAsync(new(), o), cancellation);
        var explainer = AskAsync(o => _explainer.GetStatusAsync(new(), o), cancellation);
        var drift = AskAsync(o => _drift.GetStatusAsync(new(), o), cancellation);
        var trainer = AskAsync(o => _trainer.GetStatusAsync(new(), o), cancellation);
        var alerts = AskAsync(o => _drift.ListAlertsAsync(new() { Limit = HistoryKept }, o), cancellation);
        var history = AskAsync(o => _trainer.GetHistoryAsync(new() { Limit = HistoryKept }, o), cancellation);
        var traffic = TrafficAsync(cancellation);
        return new SuiteSight
        {
            At = Elapsed,
            Limiter = await limiter,
            Explainer = await explainer,
            Drift = await drift,
            Trainer = await trainer,
            Alerts = (await alerts)?.Alerts ?? [],
            History = (await history)?.Entries ?? [],
            Traffic = await traffic,
        };
    }

    /// <summary>Sets the simulated backend's capacity.</summary>
    /// <param name="factor">Of its full capacity.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SetCapacityAsync(double factor, CancellationToken cancellation) =>
        (await _http.PostAsJsonAsync(new Uri(_traffic, "capacity"), new { factor }, cancellation)).EnsureSuccessStatusCode();

    public void Dispose()
    {
        _http.Dispose();
        _channels.ForEach(channel => channel.Dispose());
    }

    /// <summary>Headers and deadline of one call.</summary>
    public CallOptions Options(CancellationToken cancellation) => new(
        new Metadata { { "authorization", $"Bearer {_token()}" } }, TimeProvider.System.GetUtcNow().UtcDateTime + Patience, cancellation);

    private GrpcChannel Channel(Uri address)
    {
        var channel = GrpcChannel.ForAddress(address);
        _channels.Add(channel);
        return channel;
    }

    private async Task<T?> AskAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> ask, CancellationToken cancellation) where T : class
    {
        try
        {
            using var call = ask(Options(cancellation));
            return await call;
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return null;   // Not up yet, or away for a moment: the sight says who is silent.
        }
    }

    private async Task<TrafficStatus?> TrafficAsync(CancellationToken cancellation)
    {
        try
        {
            return await _http.GetFromJsonAsync<TrafficStatus>(_traffic, cancellation);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
