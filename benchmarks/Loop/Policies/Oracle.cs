using RateLimitSuite.Benchmarks.Loop.World;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>Knows capacity, backlog and every client's demand: shares by weighted max-min, and turns away what could not be served in time.</summary>
internal sealed class Oracle(LoopWorld world, SimulatedBackend backend) : IAdmission
{
    private const double Utilisation = 0.98;
    private const double LongestBacklog = 0.1;
    private const double DemandSeconds = 0.5;
    private const double TickSeconds = 0.1;

    private readonly Bucket[] _buckets = [.. world.Clients.Select(_ => new Bucket { Rate = 10 })];
    private readonly double[] _asked = new double[world.Clients.Count];
    private readonly double[] _demand = new double[world.Clients.Count];
    private readonly double[] _weights = [.. world.Clients.Select(c => 1 - (0.8 * c.Risk))];

    public bool Decide(in Request request)
    {
        _asked[request.Client] += request.Attempt == 0 ? request.Cost : 0;
        return backend.BacklogAt(request.At) <= LongestBacklog && _buckets[request.Client].TryTake(request.Cost, request.At);
    }

    public void Report(in Request request, double latency, OutcomeClass outcome, double now)
    {
    }

    public void Tick(double now)
    {
        var share = 1 - Math.Exp(-TickSeconds / DemandSeconds);
        for (var i = 0; i < _demand.Length; i++)
        {
            _demand[i] += ((_asked[i] / TickSeconds) - _demand[i]) * share;
            _asked[i] = 0;
        }

        var split = WaterFill.Level(_demand, _weights, Utilisation * world.CapacityAt(now));
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i].Rate = double.IsFinite(split) ? Math.Max(split * _weights[i], 0.1) : LoopWorld.NominalCapacity;
        }
    }
}
