namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>One-sided CUSUM over standardised values: rises only.</summary>
/// <remarks>With k = 0.5 the average run without drift is 335, 931 and 2,553 windows at h = 4, 5 and 6, about 2,000 at the default.</remarks>
internal sealed class CusumChart(double slack = 0.5, double limit = 5.76)
{
    /// <summary>The sum of what exceeded the slack.</summary>
    public double Statistic { get; private set; }

    /// <summary>What it is held against.</summary>
    public double Limit => limit;

    /// <summary>Takes in one standardised value.</summary>
    /// <returns>True: the mean rose.</returns>
    public bool Observe(double value)
    {
        Statistic = Math.Max(0, Statistic + value - slack);
        return Statistic > limit;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => Statistic = 0;
}
