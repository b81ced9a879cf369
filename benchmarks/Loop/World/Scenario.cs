namespace RateLimitSuite.Benchmarks.Loop.World;

/// <summary>What a run has to cope with.</summary>
/// <param name="Name">For the tables.</param>
/// <param name="FeedbackDelay">Time from a completion to its report, s.</param>
/// <param name="Drift">Whether the clients' mix changes on day 5 and capacity falls by 30 % on day 6.</param>
internal sealed record Scenario(string Name, double FeedbackDelay, bool Drift = true)
{
    /// <summary>Requests in service at once. Five: a token takes 25 ms, and the oracle meets the latency objective even for what costs most.</summary>
    public int Servers { get; init; } = 5;

    /// <summary>Whether every outcome of five minutes on day 8 is lost.</summary>
    public bool LosesFeedback { get; init; }

    /// <summary>Whether a dependency adds 100 ms from day 8 on while capacity stays: nothing must be throttled for it.</summary>
    public bool Slower { get; init; }

    /// <summary>Whether half of the clients cost three times as much.</summary>
    public bool UnequalCosts { get; init; }

    /// <summary>Whether the abuser reports no risk from day 5 on.</summary>
    public bool PoisonedRisk { get; init; }

    /// <summary>Whether capacity halves and doubles each minute.</summary>
    public bool Steps { get; init; }

    /// <summary>Whether capacity falls by 6 % a day: a leak that no deploy mends.</summary>
    public bool Leaks { get; init; }

    /// <summary>Whether every model file arrives cut short.</summary>
    public bool CorruptModels { get; init; }
}
