namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>A backend's latency without a queue: the least tenth percentile of its windows, rising 1 % a minute.</summary>
/// <remarks>The slow rise forgets a past minimum, so that a backend that became slower is not held congested for ever.</remarks>
internal sealed class BaseLatency(double slo)
{
    private const double RisePerMinute = 1.01;
    private const int LeastOutcomes = 100;
    private const int LeastInWindow = 10;

    /// <summary>Latency, s; NaN until 100 outcomes have fixed it.</summary>
    public double Value => Outcomes >= LeastOutcomes ? Math.Min(Lowest, slo / 2) : double.NaN;

    /// <summary>The least tenth percentile so far, s, risen since.</summary>
    public double Lowest { get; private set; } = double.PositiveInfinity;

    /// <summary>Outcomes seen.</summary>
    public long Outcomes { get; private set; }

    /// <summary>Takes in one window.</summary>
    /// <param name="tenthPercentile">Of its non-failed completions, s.</param>
    /// <param name="completions">How many they were.</param>
    /// <param name="elapsed">Length of the window, s.</param>
    public void Observe(double tenthPercentile, long completions, double elapsed)
    {
        Outcomes += completions;
        Lowest *= Math.Pow(RisePerMinute, elapsed / 60);
        if (completions >= LeastInWindow && tenthPercentile < Lowest)
        {
            Lowest = tenthPercentile;
        }
    }

    /// <summary>Continues from a checkpoint.</summary>
    public void Restore(double lowest, long outcomes)
    {
        Lowest = lowest;
        Outcomes = outcomes;
    }
}
