namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>EWMA control chart over standardised values: small lasting shifts that no single window shows.</summary>
/// <remarks>With λ = 0.2 and L = 3.4 a stationary stream of independent windows alarms about once in 2,000, a shift of one standard
/// deviation is found after some 14. The baseline is estimated, which costs: see <see cref="HourlyBaseline"/>.</remarks>
internal sealed class EwmaChart(double weight = 0.2, double width = 3.4, bool steadyLimit = false)
{
    private double _decay = 1;

    /// <summary>The weighted mean.</summary>
    public double Statistic { get; private set; }

    /// <summary>What its magnitude is held against now: narrower in the first windows, unless held at its final value.</summary>
    public double Limit => width * Math.Sqrt(weight / (2 - weight) * (steadyLimit ? 1 : 1 - (_decay * _decay)));

    /// <summary>Takes in one standardised value.</summary>
    /// <returns>True: the mean shifted, up or down.</returns>
    public bool Observe(double value)
    {
        Statistic = (weight * value) + ((1 - weight) * Statistic);
        _decay *= 1 - weight;
        return Math.Abs(Statistic) > Limit;
    }

    /// <summary>Starts afresh.</summary>
    public void Reset() => (Statistic, _decay) = (0, 1);
}
