namespace RateLimitSuite.Dashboard.Live;

/// <summary>SHAP magnitude, Σ|φ| / max(|base|, 1), of one minute's explanations of one mode.</summary>
/// <param name="At">Start of the minute.</param>
/// <param name="Mode">path_dependent or interventional; the two are never put in one series.</param>
/// <param name="Count">Explanations.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="P95">Their 95th percentile, within 5 %.</param>
public sealed record MagnitudeMinute(DateTimeOffset At, string Mode, long Count, double Mean, double P95)
{
    /// <summary>Above it a minute's 95th percentile is a spike, as in the alert SHAPSpikeDetected.</summary>
    public const double SpikeLimit = 0.8;

    /// <summary>Whether the minute holds a spike.</summary>
    public bool IsSpike => P95 > SpikeLimit;
}
