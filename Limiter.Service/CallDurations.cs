using System.Diagnostics.Metrics;

namespace RateLimitSuite.Limiter;

/// <summary>How long calls of one method took: a histogram that many threads add to without waiting for each other, until it is told to the metrics library.</summary>
/// <remarks>
/// The library takes a lock and looks its tags up for each value. So calls are counted here and told ten times a second: as many values as there were calls, each the mean of those in its bucket, so that buckets and sum are what they would be.
/// A cell is one number, count above and ticks below, so that neither is ever read without the other.
/// </remarks>
internal sealed class CallDurations(string method)
{
    private const int Buckets = 16;   // two cache lines a thread
    private const int TicksBits = 40;

    // One tick is 100 ns. A longer call than this is told as if it took so long.
    private const long TicksMax = TimeSpan.TicksPerMinute;

    private static readonly long[] TickBounds =
        [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];

    private readonly KeyValuePair<string, object?> _tag = new("method", method);
    private readonly long[] _cells = new long[Buckets * StripedCounter.CellCount];

    /// <summary>Upper bounds of the buckets, seconds; beyond the last there is one more.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [.. TickBounds.Select(ticks => ticks / (double)TimeSpan.TicksPerSecond)];

    /// <summary>Counts a call.</summary>
    public void Add(TimeSpan duration)
    {
        var ticks = Math.Clamp(duration.Ticks, 0, TicksMax);
        var bucket = 0;
        while (bucket < TickBounds.Length && ticks > TickBounds[bucket])
        {
            bucket++;
        }

        var cell = (Environment.CurrentManagedThreadId * Buckets) & (_cells.Length - 1);
        Interlocked.Add(ref _cells[cell + bucket], (1L << TicksBits) + ticks);
    }

    /// <summary>Tells all calls since the last time.</summary>
    public void TellTo(Histogram<double> histogram)
    {
        foreach (ref var cell in _cells.AsSpan())
        {
            var told = Interlocked.Exchange(ref cell, 0);
            var count = told >> TicksBits;
            var mean = (told & ((1L << TicksBits) - 1)) / ((double)TimeSpan.TicksPerSecond * count);
            for (var i = 0L; i < count; i++)
            {
                histogram.Record(mean, _tag);
            }
        }
    }
}
