namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>One measure over a detector window, with what it is held against.</summary>
/// <param name="Value">R or p.</param>
/// <param name="Lower">One-sided 95 % lower bound.</param>
/// <param name="Upper">One-sided 95 % upper bound.</param>
/// <param name="Limit">L_R or L_p.</param>
/// <param name="Count">Observations.</param>
internal readonly record struct Measure(double Value, double Lower, double Upper, double Limit, long Count)
{
    private const double Z = 1.6448536269514722;

    /// <summary>R of the window's champion.</summary>
    public static Measure OfError(DetectorWindow window, double limit)
    {
        var error = window.Error;
        return error.Count < 2
            ? new(double.NaN, 0, double.PositiveInfinity, limit, error.Count)
            : new(error.Value, error.Lower(Z), error.Upper(Z), limit, error.Count);
    }

    /// <summary>p of the window.</summary>
    public static Measure OfViolations(DetectorWindow window, double limit) => new(
        window.ViolationRate,
        Wilson.Lower(window.WronglyThrottled, window.Decisions, Z),
        Wilson.Upper(window.WronglyThrottled, window.Decisions, Z),
        limit,
        window.Decisions);
}
