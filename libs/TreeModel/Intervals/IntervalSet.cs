namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>A set of intervals of one feature, as bits. Immutable and shared between leaves, so that work per set is done once.</summary>
internal sealed class IntervalSet
{
    private readonly ulong[] _bits;

    private IntervalSet(ulong[] bits, int count)
    {
        _bits = bits;
        Count = count;
    }

    /// <summary>Number of intervals that the feature has, in the set or not.</summary>
    public int Count { get; }

    /// <summary>The intervals of one side of a split, within the intervals that were allowed before it.</summary>
    public static IntervalSet Side(Tree tree, int split, bool left, FeatureIntervals intervals, IntervalSet? before)
    {
        var bits = new ulong[(intervals.Count + 63) / 64];
        for (var interval = 0; interval < intervals.Count; interval++)
        {
            if ((before is null || before.Contains(interval)) && tree.GoesLeft(split, intervals.RepresentativeOf(interval)) == left)
            {
                bits[interval >> 6] |= 1UL << interval;
            }
        }

        return new IntervalSet(bits, intervals.Count);
    }

    /// <summary>The bits, 64 intervals a word.</summary>
    public ReadOnlySpan<ulong> Words => _bits;

    /// <summary>Whether an interval is in the set.</summary>
    public bool Contains(int interval) => ((_bits[interval >> 6] >> interval) & 1) != 0;
}
