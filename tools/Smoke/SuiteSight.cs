using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Smoke;

/// <summary>What all services said at one moment; null where one did not answer.</summary>
internal sealed record SuiteSight
{
    public required TimeSpan At { get; init; }

    public LimiterStatus? Limiter { get; init; }

    public ExplainerStatus? Explainer { get; init; }

    public DriftStatus? Drift { get; init; }

    public TrainerStatus? Trainer { get; init; }

    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    public TrafficStatus? Traffic { get; init; }

    /// <summary>Who did not answer.</summary>
    public IEnumerable<string> Silent => new (string Name, object? Answer)[]
    {
        ("limiter", Limiter), ("explainer", Explainer), ("driftmonitor", Drift), ("trainer", Trainer), ("traffic", Traffic),
    }.Where(s => s.Answer is null).Select(s => s.Name);
}
