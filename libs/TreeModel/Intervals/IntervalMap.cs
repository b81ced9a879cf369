using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RateLimitSuite.TreeModel.Memory;

namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>The intervals of all features of a model: two feature vectors in the same intervals reach the same leaves everywhere.</summary>
internal sealed class IntervalMap
{
    private const int IntervalsMax = ushort.MaxValue;

    private readonly FeatureIntervals[] _features;
    private readonly Search[] _searches;
    private readonly AlignedArray<double> _cuts;

    // Features that two nodes do not locate: categories, and those of very many cuts.
    private readonly int[] _others;
    private readonly int[][] _levels;

    // The bounds of every interval: those of interval i of a feature are the doubles i and i + 1 from the feature's start.
    private readonly double[] _bounds;
    private readonly int[] _boundStarts;

    private IntervalMap(FeatureIntervals[] features)
    {
        _features = features;
        _searches = new Search[features.Length];
        _levels = new int[features.Length][];
        _boundStarts = new int[features.Length];
        var bounds = new List<double>();
        var cuts = new List<double>();
        cuts.AddRange(CutTree.Build([], out _));   // the empty node: nothing lies below any value
        var others = new List<int>();
        for (var feature = 0; feature < features.Length; feature++)
        {
            var tree = CutTree.Build(features[feature].Categories is null ? features[feature].Cuts : [], out var levels);
            _levels[feature] = Array.ConvertAll(levels, level => level + cuts.Count);
            _searches[feature] = new Search(_levels[feature], features[feature].Missing);
            cuts.AddRange(tree);
            _boundStarts[feature] = bounds.Count;
            bounds.AddRange(features[feature].Bounds());
            if (levels.Length > 2 || features[feature].Categories is not null)
            {
                others.Add(feature);
            }
        }

        _others = [.. others];
        _bounds = [.. bounds];
        _cuts = new AlignedArray<double>(cuts.ToArray());
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount => _features.Length;

    /// <summary>The intervals of one feature.</summary>
    public FeatureIntervals this[int feature] => _features[feature];

    /// <summary>Collects the intervals that the splits of a model make.</summary>
    /// <exception cref="NotSupportedException">A feature is split both ways, or into more intervals than 16 bits count.</exception>
    public static IntervalMap Build(TreeEnsemble ensemble)
    {
        var collectors = new IntervalCollector[ensemble.FeatureCount];
        for (var feature = 0; feature < collectors.Length; feature++)
        {
            collectors[feature] = new IntervalCollector();
        }

        foreach (var tree in ensemble.Trees)
        {
            for (var split = 0; split < tree.SplitCount; split++)
            {
                collectors[tree.SplitFeature[split]].Add(tree, split);
            }
        }

        var features = new FeatureIntervals[collectors.Length];
        for (var feature = 0; feature < features.Length; feature++)
        {
            features[feature] = collectors[feature].ToIntervals(ensemble.FeatureNames[feature]);
            if (features[feature].Count > IntervalsMax)
            {
                throw new NotSupportedException($"Feature {ensemble.FeatureNames[feature]} is split into {features[feature].Count} intervals; {IntervalsMax} is the most.");
            }
        }

        return new IntervalMap(features);
    }

    /// <summary>Finds the interval of every feature.</summary>
    /// <param name="features">The feature vector, NaN where missing; its length was checked.</param>
    /// <param name="intervals">Receives one interval a feature.</param>
    public void Locate(ReadOnlySpan<double> features, Span<ushort> intervals)
    {
        var searches = _searches.AsSpan(0, features.Length);
        intervals = intervals[..features.Length];
        ref var cuts = ref _cuts.First;
        for (var feature = 0; feature < features.Length; feature++)
        {
            ref readonly var search = ref searches[feature];
            var value = features[feature];
            var node = CutTree.CountInNode(ref Unsafe.Add(ref cuts, search.Upper), value) * CutTree.Width;
            var found = node + CutTree.CountInNode(ref Unsafe.Add(ref cuts, search.Lowest + (uint)node), value);
            intervals[feature] = double.IsNaN(value) ? search.Missing : (ushort)found;
        }

        foreach (var feature in _others)
        {
            intervals[feature] = Locate(feature, features[feature]);
        }
    }

    /// <summary>Brings intervals that were located before up to date with a feature vector.</summary>
    /// <param name="features">The feature vector, NaN where missing; its length was checked.</param>
    /// <param name="intervals">In: the intervals of an earlier vector; out: those of this one.</param>
    /// <returns>Whether any changed.</returns>
    /// <remarks>Mostly none does: both bounds of each are compared at once to show that, and nothing branches, where a search would take a dozen steps.
    /// Not inlined, as its loop needs more registers than a caller has to spare.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Relocate(ReadOnlySpan<double> features, Span<ushort> intervals)
    {
        var starts = _boundStarts.AsSpan(0, features.Length);
        intervals = intervals[..features.Length];
        ReadOnlySpan<double> bounds = _bounds;
        var outside = 0u;
        for (var feature = 0; feature < features.Length; feature++)
        {
            outside |= Outside(bounds.Slice(starts[feature] + intervals[feature], 2), features[feature]);
        }

        return outside != 0 && RelocateThose(features, intervals);
    }

    // Those which left their interval, or are of a kind whose intervals have no bounds.
    private bool RelocateThose(ReadOnlySpan<double> features, Span<ushort> intervals)
    {
        var changed = false;
        for (var feature = 0; feature < features.Length; feature++)
        {
            var before = intervals[feature];
            if (Outside(_bounds.AsSpan(_boundStarts[feature] + before, 2), features[feature]) != 0)
            {
                intervals[feature] = Locate(feature, features[feature]);
                changed |= intervals[feature] != before;
            }
        }

        return changed;
    }

    // 0 for a value over the first bound and up to the second; never for NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Outside(ReadOnlySpan<double> bounds, double value) =>
        Vector128.LessThan(Vector128.Create(bounds), Vector128.Create(value)).ExtractMostSignificantBits() ^ 1;

    /// <summary>Finds the interval of one feature's value, whatever the feature is like.</summary>
    public ushort Locate(int feature, double value)
    {
        if (_features[feature].Categories is { } categories)
        {
            return CategoryOf(categories, value);
        }

        if (double.IsNaN(value))
        {
            return _features[feature].Missing;
        }

        var levels = _levels[feature];
        var node = 0;
        foreach (var level in levels.AsSpan(..^1))
        {
            node = (node * CutTree.Children) + CountAt(level, node, value);
        }

        return (ushort)((node * CutTree.Width) + CountAt(levels[^1], node, value));
    }

    private int CountAt(int level, int node, double value) => CutTree.CountInNode(ref _cuts.Span[level + (node * CutTree.Width)], value);

    // Not (value > -1) is also true for NaN; categories are cut towards zero.
    private static ushort CategoryOf(ushort[] categories, double value) =>
        !(value > -1) || value >= categories.Length ? (ushort)0 : categories[(int)value];

    /// <summary>Two nodes that locate a value: up to 272 cuts have two levels, up to 16 only the lower. Other features have two empty nodes.</summary>
    private readonly struct Search(int[] levels, ushort missing)
    {
        public readonly uint Upper = levels.Length == 2 ? (uint)levels[0] : 0;
        public readonly uint Lowest = levels.Length <= 2 ? (uint)levels[^1] : 0;
        public readonly ushort Missing = missing;
    }
}
