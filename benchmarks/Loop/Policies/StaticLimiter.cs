using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>Every client has the same fixed rate.</summary>
internal sealed class StaticLimiter(int clients, double rate) : IAdmission
{
    private readonly Bucket[] _buckets = [.. Enumerable.Range(0, clients).Select(_ => new Bucket { Rate = rate })];

    public bool Decide(in Request request) => _buckets[request.Client].TryTake(request.Cost, request.At);

    public void Report(in Request request, double latency, OutcomeClass outcome, double now)
    {
    }

    public void Tick(double now)
    {
    }
}
