using System.Runtime.CompilerServices;
using RateLimitSuite.TreeModel.Memory;

namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>The intervals of all features of a model: two feature vectors in the same intervals reach the same leaves everywhere.</summary>
internal sealed class IntervalMap
{
    private const int IntervalsMax = ushort.MaxValue;

    private readonly FeatureIntervals[] _features;
    private readonly Search[] _searches;
    private readonly AlignedArray<double> _cuts;

    private IntervalMap(FeatureIntervals[] features)
    {
        _features = features;
        _searches = new Search[features.Length];
        var cuts = new List<double>();
        for (var feature = 0; feature < features.Length; feature++)
        {
            // A category is looked up; its search finds nothing and is overruled.
            var tree = CutTree.Build(features[feature].Categories is null ? features[feature].Cuts : [], out var levels);
            _searches[feature] = new Search(Array.ConvertAll(levels, level => level + cuts.Count), features[feature].Missing, features[feature].Categories);
            cuts.AddRange(tree);
        }

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
        for (var feature = 0; feature < features.Length; feature++)
        {
            intervals[feature] = Locate(searches[feature], features[feature]);
        }
    }

    /// <summary>Finds the interval of one feature's value.</summary>
    public ushort Locate(int feature, double value) => Locate(_searches[feature], value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort Locate(in Search search, double value)
    {
        ref var cuts = ref _cuts.First;
        var node = 0;
        if (search.Upper >= 0)
        {
            node = search.Levels is null
                ? CutTree.CountInNode(ref Unsafe.Add(ref cuts, search.Upper), value)
                : Descend(search.Levels, value);
        }

        var found = (node * CutTree.Width) + CutTree.CountInNode(ref Unsafe.Add(ref cuts, search.Lowest + (node * CutTree.Width)), value);
        return search.Categories is not null ? CategoryOf(search.Categories, value)
            : double.IsNaN(value) ? search.Missing
            : (ushort)found;
    }

    private int Descend(int[] levels, double value)
    {
        var node = 0;
        for (var level = 0; level < levels.Length - 1; level++)
        {
            node = (node * CutTree.Children) + CutTree.CountInNode(ref _cuts.Span[levels[level] + (node * CutTree.Width)], value);
        }

        return node;
    }

    // Not (value > -1) is also true for NaN; categories are cut towards zero.
    private static ushort CategoryOf(ushort[] categories, double value) =>
        !(value > -1) || value >= categories.Length ? (ushort)0 : categories[(int)value];

    /// <summary>Where the cuts of one feature lie: up to 16 have one level, up to 272 two; more take the general way.</summary>
    private readonly struct Search(int[] levels, ushort missing, ushort[]? categories)
    {
        public readonly int Lowest = levels[^1];
        public readonly int Upper = levels.Length > 1 ? levels[0] : -1;
        public readonly int[]? Levels = levels.Length > 2 ? levels : null;
        public readonly ushort[]? Categories = categories;
        public readonly ushort Missing = missing;
    }
}
