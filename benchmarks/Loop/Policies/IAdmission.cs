using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>A policy that is tried: who may go on, given what became of those before.</summary>
internal interface IAdmission
{
    /// <summary>Whether a request goes on.</summary>
    bool Decide(in Request request);

    /// <summary>What became of a request, as late as feedback is.</summary>
    void Report(in Request request, double latency, OutcomeClass outcome, double now);

    /// <summary>Called every 100 ms.</summary>
    void Tick(double now);
}
