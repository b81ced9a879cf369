using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>One row of <c>claw_metrics</c>: a client at a backend in a window.</summary>
/// <param name="Start">The window's start.</param>
/// <param name="Sample">The decision that stands for the window: features, prediction and rate as the model saw them.</param>
/// <param name="SchemaHash">Of the sample's features.</param>
/// <param name="Backend">Backend, or policy where none.</param>
/// <param name="Label">The refill rate that would have been right; null where the backend was not observed.</param>
/// <param name="Limited">Whether somebody was held back, or a queue stood, in the windows of the label.</param>
internal sealed record MetricRow(DateTimeOffset Start, Decision Sample, string SchemaHash, string Backend, RefillLabel? Label, bool Limited)
{
    /// <summary>Decisions of the client in the window.</summary>
    public long Decisions { get; init; }

    /// <summary>Throttled ones.</summary>
    public long Denied { get; init; }

    /// <summary>Throttled in hindsight wrongly.</summary>
    public long WronglyThrottled { get; init; }

    /// <summary>Requests admitted beyond the backend's capacity.</summary>
    public double OverAdmitted { get; init; }

    /// <summary>Probe admissions.</summary>
    public long Probes { get; init; }

    /// <summary>Probe admissions that were served within the latency objective.</summary>
    public long ProbesOk { get; init; }
}
