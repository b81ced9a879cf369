namespace RateLimitSuite.DriftMonitor.Retraining;

/// <summary>One call for a retraining and what followed.</summary>
/// <param name="Key">Model version and window end: the same trip is acted on once.</param>
/// <param name="At">When the detectors spoke.</param>
/// <param name="Reason">In words.</param>
/// <param name="State">pending, running, done, rejected or failed.</param>
/// <param name="StartedAt">When Trainer took it; null: not yet.</param>
/// <param name="Result">What Trainer said last.</param>
internal sealed record Trip(string Key, DateTimeOffset At, string Reason, string State, DateTimeOffset? StartedAt, string Result)
{
    /// <summary>The alert that it answers.</summary>
    public Guid AlertId { get; init; }

    /// <summary>To be handed to Trainer.</summary>
    public const string Pending = "pending";

    /// <summary>Trainer is at it.</summary>
    public const string Running = "running";

    /// <summary>A candidate was promoted.</summary>
    public const string Done = "done";

    /// <summary>The candidate did not pass.</summary>
    public const string Rejected = "rejected";

    /// <summary>Trainer gave up, or refused.</summary>
    public const string Failed = "failed";
}
