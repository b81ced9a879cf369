namespace RateLimitSuite.TreeModel.Intervals;

/// <summary>The intervals of all features of a model: two feature vectors in the same intervals reach the same leaves everywhere.</summary>
internal sealed class IntervalMap
{
    private const int IntervalsMax = ushort.MaxValue;

    private readonly FeatureIntervals[] _features;

    private IntervalMap(FeatureIntervals[] features) => _features = features;

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
        for (var feature = 0; feature < _features.Length; feature++)
        {
            intervals[feature] = _features[feature].IndexOf(features[feature]);
        }
    }
}
