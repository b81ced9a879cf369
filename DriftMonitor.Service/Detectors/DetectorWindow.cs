using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>What detectors judge: the sums of the row windows of one detector window, over all backends.</summary>
/// <param name="Start">Its start.</param>
/// <param name="End">Its end.</param>
/// <param name="ModelVersion">The champion at its end; empty: no model.</param>
internal sealed record DetectorWindow(DateTimeOffset Start, DateTimeOffset End, string ModelVersion)
{
    /// <summary>R of the champion's predictions.</summary>
    public RelativeError Error { get; init; } = new();

    /// <summary>Decisions of all arms.</summary>
    public long Decisions { get; init; }

    /// <summary>Throttled ones.</summary>
    public long Denied { get; init; }

    /// <summary>Throttled in hindsight wrongly.</summary>
    public long WronglyThrottled { get; init; }

    /// <summary>Requests admitted beyond the backends' capacity.</summary>
    public double OverAdmitted { get; init; }

    /// <summary>Admitted requests.</summary>
    public long Admitted { get; init; }

    /// <summary>Outcomes of them that are known.</summary>
    public long Reported { get; init; }

    /// <summary>Probe admissions of all arms.</summary>
    public ProbeSums Probes { get; init; } = new();

    /// <summary>Requests that the backends can at most have served beyond those admitted.</summary>
    public double Headroom { get; init; }

    /// <summary>p; 0 without decisions.</summary>
    public double ViolationRate => Decisions == 0 ? 0 : (double)WronglyThrottled / Decisions;

    /// <summary>Over-admitted share of the admitted requests.</summary>
    public double OverAdmission => Admitted == 0 ? 0 : OverAdmitted / Admitted;

    /// <summary>Share of admissions whose outcome is known; 1 without admissions.</summary>
    public double Coverage => Admitted == 0 ? 1 : (double)Reported / Admitted;
}
