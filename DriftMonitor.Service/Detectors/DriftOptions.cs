using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>When drift is called drift. Section <c>Drift</c>.</summary>
internal sealed record DriftOptions
{
    /// <summary>The configuration section that holds it.</summary>
    public const string Section = "Drift";

    /// <summary><c>statistical</c>: bounds and hysteresis; <c>threshold</c>: at once over the two thresholds. Default statistical.</summary>
    [RegularExpression("statistical|threshold", ErrorMessage = "Drift:Mode must be statistical or threshold.")]
    public string Mode { get; init; } = Statistical;

    /// <summary>R that is too much in threshold mode, and the least limit in statistical mode. Default 0.15.</summary>
    [Range(0.001, 100)] public double MaeThreshold { get; init; } = 0.15;

    /// <summary>p that is too much in threshold mode, and the least limit in statistical mode. Default 0.02.</summary>
    [Range(0.0001, 1)] public double ViolationThreshold { get; init; } = 0.02;

    /// <summary>Time over which threshold mode takes R and p. Default 1 h.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Limit in multiples of the value at validation, statistical mode. Default 1.25.</summary>
    [Range(1, 100)] public double ValidationFactor { get; init; } = 1.25;

    /// <summary>Rows without which R is not judged. Default 200.</summary>
    [Range(2, 1_000_000)] public int LeastRows { get; init; } = 200;

    /// <summary>Decisions without which p is not judged. Default 500.</summary>
    [Range(2, 1_000_000)] public int LeastDecisions { get; init; } = 500;

    /// <summary>Times that violation rates by labels and by probes may differ, surely, before the labels are doubted. Default 2.</summary>
    [Range(1.01, 1000)] public double ProbeDisagreement { get; init; } = 2;

    /// <summary>Share of the limit under which a measure must stay to be calm again. Default 0.8.</summary>
    [Range(0.01, 1)] public double LeaveShare { get; init; } = 0.8;

    /// <summary>Label coverage under which nothing is judged. Default 0.5.</summary>
    [Range(0, 1)] public double LeastCoverage { get; init; } = 0.5;

    /// <summary>Whether EWMA, CUSUM, Page–Hinkley and ADWIN start retrainings of their own; else they warn. Default false.</summary>
    public bool ChartsRetrain { get; init; }

    /// <summary>Most retrainings started in a day; 0: no bound. Unset: 4 where starts are at least an hour apart, else none.</summary>
    [Range(0, 1000)] public int? MaxPerDay { get; init; }

    internal const string Statistical = "statistical";
    internal const string Threshold = "threshold";
}
