using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel;

/// <summary>A model compiled for prediction. Immutable, safe to call from many threads, allocates nothing per call.</summary>
public sealed class Predictor
{
    private const int StackFeaturesMax = 256;

    private readonly IntervalMap _intervals;
    private readonly TreeEnsemble _ensemble;

    private Predictor(TreeEnsemble ensemble)
    {
        _ensemble = ensemble;
        _intervals = IntervalMap.Build(ensemble);
    }

    /// <summary>Number of features a feature vector must have.</summary>
    public int FeatureCount => _ensemble.FeatureCount;

    /// <summary>Number of trees, and of leaves that <see cref="PredictLeaves"/> gives.</summary>
    public int TreeCount => _ensemble.TreeCount;

    /// <summary>Compiles a model.</summary>
    /// <exception cref="NotSupportedException">A feature has more than 65,535 intervals, or is both number and category.</exception>
    public static Predictor Compile(TreeEnsemble ensemble)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        return new Predictor(ensemble);
    }

    /// <summary>Predicts one feature vector.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <returns>The prediction, after the objective's link.</returns>
    public double Predict(ReadOnlySpan<double> features) => _ensemble.Objective.Apply(PredictRaw(features));

    /// <summary>The raw score of one feature vector, before the objective's link.</summary>
    public double PredictRaw(ReadOnlySpan<double> features)
    {
        Span<ushort> intervals = FeatureCount <= StackFeaturesMax ? stackalloc ushort[FeatureCount] : new ushort[FeatureCount];
        Intervals(features, intervals);
        return RawFromIntervals(intervals);
    }

    /// <summary>Predicts many feature vectors.</summary>
    /// <param name="rowsRowMajor">The feature vectors, one after the other.</param>
    /// <param name="predictions">Receives one prediction a row.</param>
    public void PredictBatch(ReadOnlySpan<double> rowsRowMajor, Span<double> predictions)
    {
        RequireLength(rowsRowMajor.Length, (long)predictions.Length * FeatureCount, nameof(rowsRowMajor));
        for (var row = 0; row < predictions.Length; row++)
        {
            predictions[row] = Predict(rowsRowMajor.Slice(row * FeatureCount, FeatureCount));
        }
    }

    /// <summary>Finds the leaf that one feature vector reaches in every tree.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="leaves">Receives one leaf number a tree.</param>
    public void PredictLeaves(ReadOnlySpan<double> features, Span<int> leaves)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(leaves.Length, TreeCount, nameof(leaves));
        for (var tree = 0; tree < leaves.Length; tree++)
        {
            leaves[tree] = _ensemble.Trees[tree].Route(features);
        }
    }

    /// <summary>Finds the interval of every feature. While none changes, neither does the prediction, to the last bit.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="intervals">Receives F interval numbers.</param>
    public void Intervals(ReadOnlySpan<double> features, Span<ushort> intervals)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(intervals.Length, FeatureCount, nameof(intervals));
        _intervals.Locate(features, intervals);
    }

    /// <summary>Predicts from intervals, as <see cref="Intervals"/> gave them for this very predictor.</summary>
    /// <param name="intervals">F interval numbers.</param>
    public double PredictFromIntervals(ReadOnlySpan<ushort> intervals)
    {
        RequireLength(intervals.Length, FeatureCount, nameof(intervals));
        return _ensemble.Objective.Apply(RawFromIntervals(intervals));
    }

    private double RawFromIntervals(ReadOnlySpan<ushort> intervals)
    {
        Span<double> features = FeatureCount <= StackFeaturesMax ? stackalloc double[FeatureCount] : new double[FeatureCount];
        for (var feature = 0; feature < features.Length; feature++)
        {
            features[feature] = _intervals[feature].RepresentativeOf(intervals[feature]);
        }

        double sum = 0;
        foreach (var tree in _ensemble.Trees)
        {
            sum += tree.LeafValue[tree.Route(features)];
        }

        return sum * _ensemble.TreeWeight;
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{length} values where {expected} belong.", name);
        }
    }
}
