using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>A window with everything that hindsight says about it: ready to be stored.</summary>
/// <param name="Backend">Backend, or policy where none.</param>
/// <param name="Start">Its start.</param>
/// <param name="End">Its end.</param>
/// <param name="Rows">One per client.</param>
/// <param name="Arms">What each arm did.</param>
/// <param name="Admitted">Admitted requests.</param>
/// <param name="Reported">Outcomes of them that are known.</param>
/// <param name="Capacity">The backend's capacity, tokens/s.</param>
/// <param name="Congested">Whether a queue stood.</param>
internal sealed record LabelledWindow(
    string Backend,
    DateTimeOffset Start,
    DateTimeOffset End,
    IReadOnlyList<MetricRow> Rows,
    IReadOnlyDictionary<ArmKey, ArmCounts> Arms,
    long Admitted,
    long Reported,
    CapacityInterval Capacity,
    bool Congested)
{
    /// <summary>Requests that the backend can at most have served beyond those admitted: more cannot have been throttled wrongly.</summary>
    public double Headroom { get; init; }
}
