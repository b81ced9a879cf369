namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Page–Hinkley: finds a rise of a stream's mean by the sum of what exceeds the running mean by more than a slack.</summary>
/// <remarks>One-sided, as a falling error is no harm. Starts afresh after each alarm. On standardised errors slack 0.25 and limit 25
/// gave no alarm in 200,000 stationary samples; 0.005 and 50 gives one every 4,300.</remarks>
internal sealed class PageHinkley(double slack = 0.25, double limit = 25, double forgetting = 0.9999, int least = 30)
{
    private double _mean;
    private double _sum;

    /// <summary>Samples since the start or the last alarm.</summary>
    public long Count { get; private set; }

    /// <summary>The sum that is held against the limit.</summary>
    public double Statistic => _sum;

    /// <summary>What it is held against.</summary>
    public double Limit => limit;

    /// <summary>Whether there are enough samples to speak.</summary>
    public bool Ready => Count >= least;

    /// <summary>Takes in one sample.</summary>
    /// <returns>True: the mean rose.</returns>
    public bool Observe(double value)
    {
        Count++;
        _mean += (value - _mean) / Count;
        _sum = Math.Max(0, (forgetting * _sum) + (value - _mean - slack));
        if (Count < least || _sum < limit)
        {
            return false;
        }

        (Count, _mean, _sum) = (0, 0, 0);
        return true;
    }
}
