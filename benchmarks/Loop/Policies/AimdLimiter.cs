using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>AIMD per client: a little more each second that went well, a tenth less in one that did not.</summary>
internal sealed class AimdLimiter : IAdmission
{
    private const double Slo = 0.25;
    private const double Decrease = 0.9;
    private const double IncreasePerSecond = 1;

    private readonly Bucket[] _buckets;
    private readonly bool[] _bad;
    private readonly bool[] _good;
    private double _judgedAt;

    public AimdLimiter(int clients, double rate)
    {
        _buckets = [.. Enumerable.Range(0, clients).Select(_ => new Bucket { Rate = rate })];
        _bad = new bool[clients];
        _good = new bool[clients];
    }

    public bool Decide(in Request request) => _buckets[request.Client].TryTake(request.Cost, request.At);

    public void Report(in Request request, double latency, OutcomeClass outcome, double now)
    {
        var bad = outcome != OutcomeClass.Ok || latency > Slo;
        _bad[request.Client] |= bad;
        _good[request.Client] |= !bad;
    }

    public void Tick(double now)
    {
        if (now - _judgedAt < 1)
        {
            return;
        }

        _judgedAt = now;
        for (var i = 0; i < _buckets.Length; i++)
        {
            _buckets[i].Rate = Math.Clamp(_bad[i] ? _buckets[i].Rate * Decrease : _good[i] ? _buckets[i].Rate + IncreasePerSecond : _buckets[i].Rate, 1, 1000);
            (_bad[i], _good[i]) = (false, false);
        }
    }
}
