namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Wilson's interval for a share: right where the share is small or the count is.</summary>
internal static class Wilson
{
    /// <summary>The lower bound, 0 without observations.</summary>
    /// <param name="hits">0..<paramref name="count"/>.</param>
    /// <param name="count">Observations.</param>
    /// <param name="z">Standard errors; 1.645 for a one-sided 95 % bound.</param>
    public static double Lower(double hits, double count, double z) => count > 0 ? Bound(hits / count, count, -z) : 0;

    /// <summary>The upper bound, 1 without observations.</summary>
    /// <inheritdoc cref="Lower"/>
    public static double Upper(double hits, double count, double z) => count > 0 ? Bound(hits / count, count, z) : 1;

    private static double Bound(double share, double count, double z)
    {
        var squared = z * z / count;
        var spread = z * Math.Sqrt((share * (1 - share) / count) + (squared / (4 * count)));
        return Math.Clamp((share + (squared / 2) + spread) / (1 + squared), 0, 1);
    }
}
