namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>The violation rate as probes tell it, in which no label has a part: V = (1/N) Σ ok/p over the probes of N decisions.</summary>
/// <remarks>
/// Probes that are not reported count as the reported ones did. The interval is Wilson's with as many trials as probes of the same
/// propensity would have been drawn in had every decision been one: N·p. It holds the chance of the draw as well as that of what came of it.
/// A probe tells what became of one request more. Where much was denied not all of it would have fared as well, so V counts no more than the
/// backends had room for at most.
/// </remarks>
internal static class ProbeEstimate
{
    /// <summary>Reported probes without which nothing is said.</summary>
    public const long LeastProbes = 100;

    /// <summary>Decisions without which nothing is said.</summary>
    public const long LeastDecisions = 1_000;

    private const double Z = 1.6448536269514722;

    /// <summary>Whether the window has enough of both.</summary>
    public static bool IsReady(DetectorWindow window) => window.Probes.Reported >= LeastProbes && window.Decisions >= LeastDecisions;

    /// <summary>V with one-sided 95 % bounds; count is the number of reported probes. Without any it is 0 in [0, 1].</summary>
    public static Measure Of(DetectorWindow window, double limit)
    {
        var probes = window.Probes;
        if (probes.Reported == 0 || window.Decisions == 0)
        {
            return new(0, 0, 1, limit, 0);
        }

        var value = Math.Min(1, probes.OkWeight / probes.ReportedWeight * probes.Weight / window.Decisions);
        var trials = window.Decisions * (probes.ReportedWeight / probes.Weight) * (probes.ReportedWeight / probes.ReportedSquares);
        var most = Math.Min(1, window.Headroom / window.Decisions);
        return new(
            Math.Min(most, value), Math.Min(most, Wilson.Lower(value * trials, trials, Z)), Math.Min(most, Wilson.Upper(value * trials, trials, Z)), limit, probes.Reported);
    }

    /// <summary>How many times one of two estimates of the same rate is the other, whichever is greater; count is the probes'.</summary>
    /// <param name="hindsight">By the labels.</param>
    /// <param name="probes">By the probes.</param>
    /// <param name="limit">Times.</param>
    public static Measure Disagreement(in Measure hindsight, in Measure probes, double limit) => new(
        Math.Max(Times(probes.Value, hindsight.Value), Times(hindsight.Value, probes.Value)),
        Math.Max(Times(probes.Lower, hindsight.Upper), Times(hindsight.Lower, probes.Upper)),
        Math.Max(Times(probes.Upper, hindsight.Lower), Times(hindsight.Upper, probes.Lower)),
        limit,
        probes.Count);

    // Two zeros agree.
    private static double Times(double one, double other) => one <= 0 ? 0 : one / Math.Max(other, 1e-9);
}
