using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>What one turn came to.</summary>
internal sealed class TurnResult
{
    /// <summary>Seconds from the first cut to the trip; null: it did not trip.</summary>
    public double? TripAfterCut { get; set; }

    /// <summary>The detector that tripped.</summary>
    public string TrippedBy { get; set; } = "";

    /// <summary>When the newest of the new models had all of it.</summary>
    public double LastFullShareAt { get; set; }

    /// <summary>When the first new model had all of the traffic; null: never.</summary>
    public double? FullShareAt { get; set; }

    /// <summary>Version of the newest.</summary>
    public string Version { get; set; } = "";

    /// <summary>When R was first seen under its limit; null: never.</summary>
    public double? ErrorBack { get; private set; }

    /// <summary>When p was.</summary>
    public double? ViolationsBack { get; private set; }

    /// <summary>Windows of the new model, and how many of them had R over its limit.</summary>
    public (int All, int ErrorOver, int ViolationsOver) Windows { get; private set; }

    /// <summary>Takes in a judged window of the new model.</summary>
    /// <param name="report">The judgement.</param>
    /// <param name="now">Seconds of the run.</param>
    public void Observe(DriftReport report, double now)
    {
        var error = report.Error.Value <= report.Error.Limit;
        var violations = report.Violations.Value <= report.Violations.Limit;
        ErrorBack ??= error ? now : null;
        ViolationsBack ??= violations ? now : null;
        Windows = (Windows.All + 1, Windows.ErrorOver + (error ? 0 : 1), Windows.ViolationsOver + (violations ? 0 : 1));
    }
}
