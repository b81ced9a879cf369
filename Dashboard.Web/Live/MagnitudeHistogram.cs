namespace RateLimitSuite.Dashboard.Live;

/// <summary>Counts magnitudes in buckets whose edges grow by 5 %, so that a percentile is known within that.</summary>
internal sealed class MagnitudeHistogram
{
    private const double Least = 0.001;
    private const double Growth = 1.05;
    private const int Buckets = 320;   // 0.001 × 1.05^320 is 6,000: far above what a model can reach.

    private readonly long[] _counts = new long[Buckets];
    private double _sum;

    public long Count { get; private set; }

    public double Mean => Count == 0 ? double.NaN : _sum / Count;

    public void Add(double magnitude)
    {
        if (!double.IsFinite(magnitude))
        {
            return;
        }

        var bucket = magnitude <= Least ? 0 : (int)Math.Ceiling(Math.Log(magnitude / Least) / Math.Log(Growth));
        _counts[Math.Min(bucket, Buckets - 1)]++;
        _sum += magnitude;
        Count++;
    }

    /// <summary>The upper edge of the bucket that holds a quantile; not a number while empty.</summary>
    public double Quantile(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        var seen = 0L;
        for (var i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= wanted && seen > 0)
            {
                return Least * Math.Pow(Growth, i);
            }
        }

        return double.NaN;
    }
}
