using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Simulation;

/// <summary>A backend of k servers with one queue, first come first served; service times are log-normal, callers give up after a time-out.</summary>
/// <remarks>
/// A request is put with the server that is free first, so its end is known when it arrives: nothing runs between arrivals and a simulation needs no
/// threads. Work that its caller gave up on is done all the same, which is what makes an overloaded backend collapse. A change of capacity holds for
/// requests that arrive after it. Not thread-safe.
/// </remarks>
internal sealed class SimulatedBackend
{
    private const double Sigma = 0.35;   // of the logarithm: the 99th percentile is 2.3 times the median

    private readonly TimeSpan[] _freeAt;
    private readonly TimeSpan _timeout;
    private readonly Random _random;

    /// <param name="servers">Requests served at once.</param>
    /// <param name="capacity">Requests/s that all servers together complete.</param>
    /// <param name="timeout">When callers give up.</param>
    /// <param name="seed">Of the service times.</param>
    public SimulatedBackend(int servers, double capacity, TimeSpan timeout, int seed)
    {
        _freeAt = new TimeSpan[servers];
        _timeout = timeout;
        _random = new Random(seed);
        Capacity = capacity;
    }

    /// <summary>Requests/s that it can complete.</summary>
    public double Capacity { get; set; }

    /// <summary>Serves one request.</summary>
    /// <param name="at">When it arrives; never before the last one.</param>
    /// <param name="status">HTTP status as logged; 0: not known.</param>
    /// <returns>How long its caller waited, and how it ended for it.</returns>
    public (TimeSpan Latency, OutcomeClass Class) Serve(TimeSpan at, int status)
    {
        var server = 0;
        for (var i = 1; i < _freeAt.Length; i++)
        {
            server = _freeAt[i] < _freeAt[server] ? i : server;
        }

        var start = _freeAt[server] > at ? _freeAt[server] : at;

        // Of the log-normal's mean, e^(σ²/2) times its median, k servers complete Capacity a second.
        var mean = _freeAt.Length / Capacity;
        var service = mean * Math.Exp((Sigma * MadeTraffic.Normal(_random)) - (Sigma * Sigma / 2));
        _freeAt[server] = start + TimeSpan.FromSeconds(service);
        var latency = _freeAt[server] - at;
        if (latency > _timeout)
        {
            return (_timeout, OutcomeClass.Timeout);
        }

        return (latency, status switch
        {
            >= 500 => OutcomeClass.ServerError,
            >= 400 => OutcomeClass.ClientError,
            _ => OutcomeClass.Ok,
        });
    }
}
