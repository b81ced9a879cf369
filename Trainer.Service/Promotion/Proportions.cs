namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Tests on shares of counted things.</summary>
internal static class Proportions
{
    /// <summary>z of a one-sided test at 0.01.</summary>
    private const double Critical = 2.3263478740408408;

    // A difference that is certain but smaller than this harms nobody.
    private const double TolerablePoints = 0.01;

    /// <summary>Whether the first share is worse (greater) than the second, surely and by more than a point.</summary>
    /// <remarks>One-sided two-proportion z test with the pooled share.</remarks>
    public static bool IsWorse(double count, long total, double baseCount, long baseTotal)
    {
        if (total == 0 || baseTotal == 0)
        {
            return false;
        }

        var (share, baseShare) = (count / total, baseCount / baseTotal);
        var pooled = Math.Clamp((count + baseCount) / (total + baseTotal), 0, 1);
        var deviation = Math.Sqrt(pooled * (1 - pooled) * (1.0 / total + 1.0 / baseTotal));
        return share - baseShare > TolerablePoints && share - baseShare > Critical * deviation;
    }

    /// <summary>Wilson's lower bound of a share at one-sided 95 %.</summary>
    public static double LowerBound(double count, long total)
    {
        if (total == 0)
        {
            return 0;
        }

        const double Z = RateLimitSuite.Registry.RelativeError.OneSided95;
        var p = count / total;
        return (p + Z * Z / (2 * total) - Z * Math.Sqrt((p * (1 - p) + Z * Z / (4 * total)) / total)) / (1 + Z * Z / total);
    }
}
