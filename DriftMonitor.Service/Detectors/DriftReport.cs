using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>The judgement after one detector window.</summary>
/// <param name="Window">What was judged.</param>
/// <param name="Verdict">Healthy, warning, drift, or unknown where labels are missing.</param>
/// <param name="Error">R with its bounds.</param>
/// <param name="Violations">p with its bounds.</param>
/// <param name="Probes">p as probes tell it; count 0: there were none.</param>
/// <param name="Validation">What the model measured at validation.</param>
/// <param name="Readings">What each detector says.</param>
/// <param name="Quiet">Windows for which nothing is done after a promotion, still to come.</param>
internal sealed record DriftReport(
    DetectorWindow Window,
    Verdict Verdict,
    Measure Error,
    Measure Violations,
    Measure Probes,
    ValidationNumbers Validation,
    IReadOnlyList<DetectorReading> Readings,
    int Quiet)
{
    /// <summary>The detector that asks for a retraining; null: none, or it is too soon after a promotion.</summary>
    public DetectorReading? Trip => Quiet > 0 || Window.ModelVersion.Length == 0 ? null : Readings.FirstOrDefault(r => r is { Firing: true, Retrains: true });
}
