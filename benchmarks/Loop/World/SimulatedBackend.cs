using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Benchmarks.Loop.World;

/// <summary>Servers behind one queue, first come first served; callers give up after a second: in the queue that costs nothing, in service the
/// work is done all the same.</summary>
/// <remarks>Capacity is lost as servers, not as their speed: a deploy takes instances away, a nightly job workers. Service times are
/// log-normal. Over 0.3 s of backlog every server works at half its speed: overload collapses. A request's
/// end is known when it arrives, so nothing runs in between; a change of capacity holds for what arrives after it.</remarks>
internal sealed class SimulatedBackend(LoopWorld world)
{
    /// <summary>Callers give up after this, s.</summary>
    public const double Timeout = 1;

    private const double CollapseBacklog = 0.3;
    private const double CollapsedSpeed = 0.5;
    private const double Sigma = 0.4;

    private readonly double[] _freeAt = new double[world.Scenario.Servers];
    private readonly Random _random = new(world.Seed + 77);

    /// <summary>How long a request would wait now, s.</summary>
    public double BacklogAt(double now)
    {
        var servers = world.CapacityAt(now) / LoopWorld.NominalCapacity * world.Scenario.Servers;
        return Math.Max(0, _freeAt[FirstFree(Math.Max(1, (int)Math.Ceiling(servers - 1e-9)))] - now);
    }

    /// <summary>Serves one request.</summary>
    public (double Latency, OutcomeClass Class) Serve(double now, double cost)
    {
        // As many servers as the capacity stands for; what is not a whole server slows all a little.
        var servers = world.CapacityAt(now) / LoopWorld.NominalCapacity * world.Scenario.Servers;
        var whole = Math.Max(1, (int)Math.Ceiling(servers - 1e-9));
        var server = FirstFree(whole);
        var start = Math.Max(now, _freeAt[server]);
        if (start - now >= Timeout)
        {
            return (Timeout, OutcomeClass.Timeout);
        }

        var speed = start - now > CollapseBacklog ? CollapsedSpeed : 1;
        var mean = cost * world.Scenario.Servers / LoopWorld.NominalCapacity * (whole / servers) / speed;
        var service = mean * Math.Exp((Sigma * Gaussian()) - (Sigma * Sigma / 2));
        _freeAt[server] = start + service;
        var latency = start + service - now + world.AddedLatencyAt(now);
        return latency > Timeout ? (Timeout, OutcomeClass.Timeout) : (latency, OutcomeClass.Ok);
    }

    private int FirstFree(int servers)
    {
        var first = 0;
        for (var i = 1; i < servers; i++)
        {
            first = _freeAt[i] < _freeAt[first] ? i : first;
        }

        return first;
    }

    private double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
