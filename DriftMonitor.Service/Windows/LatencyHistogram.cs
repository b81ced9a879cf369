namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>Counts of latencies in buckets that grow by a tenth each, from 0.1 ms to 100 s: quantiles within 5 %, merged by adding.</summary>
internal sealed class LatencyHistogram
{
    /// <summary>Number of buckets.</summary>
    public const int Buckets = 146;

    private const double Smallest = 1e-4;
    private static readonly double Growth = Math.Log(1.1);

    private readonly int[] _counts;

    /// <summary>An empty histogram.</summary>
    public LatencyHistogram()
        : this(new int[Buckets])
    {
    }

    /// <summary>A histogram of stored counts.</summary>
    public LatencyHistogram(int[] counts)
    {
        _counts = counts.Length == Buckets ? counts : throw new ArgumentException($"{counts.Length} counts; there are {Buckets} buckets.");
        foreach (var count in counts)
        {
            Count += count;
        }
    }

    /// <summary>Latencies counted.</summary>
    public long Count { get; private set; }

    /// <summary>The counts, smallest latencies first.</summary>
    public IReadOnlyList<int> Counts => _counts;

    /// <summary>Counts one latency, s.</summary>
    public void Add(double seconds)
    {
        var bucket = seconds <= Smallest ? 0 : (int)(Math.Log(seconds / Smallest) / Growth);
        _counts[Math.Min(bucket, Buckets - 1)]++;
        Count++;
    }

    /// <summary>Adds another's counts.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < Buckets; i++)
        {
            _counts[i] += other._counts[i];
        }

        Count += other.Count;
    }

    /// <summary>The latency, s, that a share of all does not exceed; NaN without any.</summary>
    public double Quantile(double share)
    {
        var rank = share * Count;
        var below = 0L;
        for (var i = 0; i < Buckets && Count > 0; i++)
        {
            if (below + _counts[i] >= rank && _counts[i] > 0)
            {
                var within = (rank - below) / _counts[i];
                return Smallest * Math.Exp(Growth * (i + within));
            }

            below += _counts[i];
        }

        return double.NaN;
    }
}
