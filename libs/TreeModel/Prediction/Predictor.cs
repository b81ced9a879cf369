using System.Diagnostics.CodeAnalysis;
using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Prediction;

namespace RateLimitSuite.TreeModel;

/// <summary>A model compiled for prediction. Immutable, safe to call from many threads.</summary>
/// <remarks>Allocates nothing per call, up to 256 features.</remarks>
public sealed class Predictor
{
    // Models with more features take their buffers from the heap instead of the stack.
    private const int StackFeaturesMax = 256;

    // So many intervals of a batch are found before they are used: a search waits for memory, and the next ones need not.
    private const int BatchIntervalsMax = 256;

    // Masks are quick while they stay in a cache; a model that asks for more is walked.
    private const long MaskBytesMax = 256 << 20;

    private readonly IntervalMap _intervals;
    private readonly MaskForest<uint> _small;
    private readonly MaskForest<ulong> _medium;
    private readonly WalkForest _large;
    private readonly Objective _objective;
    private readonly double _treesToDivideBy;

    private Predictor(TreeEnsemble ensemble)
    {
        _objective = ensemble.Objective;
        _treesToDivideBy = ensemble.AveragesTrees ? ensemble.TreeCount : 1;
        _intervals = IntervalMap.Build(ensemble);
        var rows = Enumerable.Range(0, _intervals.FeatureCount).Sum(feature => (long)_intervals[feature].Count);
        var fitsMasks = rows * ensemble.TreeCount * sizeof(ulong) <= MaskBytesMax;
        var kinds = ensemble.Trees
            .Select((tree, index) => (Index: index, Kind: !fitsMasks ? 2 : MaskForest<uint>.Fits(tree) ? 0 : MaskForest<ulong>.Fits(tree) ? 1 : 2))
            .ToLookup(tree => tree.Kind, tree => tree.Index);
        _small = new MaskForest<uint>(ensemble, _intervals, [.. kinds[0]]);
        _medium = new MaskForest<ulong>(ensemble, _intervals, [.. kinds[1]]);
        _large = new WalkForest(ensemble, _intervals, [.. kinds[2]]);
        TreeCount = ensemble.TreeCount;
    }

    /// <summary>Number of features a feature vector must have.</summary>
    public int FeatureCount => _intervals.FeatureCount;

    /// <summary>Number of trees, and of leaves that <see cref="PredictLeaves"/> gives.</summary>
    public int TreeCount { get; }

    /// <summary>Bytes that the tables take.</summary>
    public long TableBytes => _small.Bytes + _medium.Bytes + _large.Bytes;

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
    public double Predict(ReadOnlySpan<double> features) => _objective.Apply(PredictRaw(features));

    /// <summary>The raw score of one feature vector, before the objective's link.</summary>
    public double PredictRaw(ReadOnlySpan<double> features)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        var count = features.Length;
        var intervals = (count <= StackFeaturesMax ? stackalloc ushort[StackFeaturesMax] : new ushort[count])[..count];
        _intervals.Locate(features, intervals);
        return RawFromIntervals(intervals);
    }

    /// <summary>Predicts many feature vectors.</summary>
    /// <param name="rowsRowMajor">The feature vectors, one after the other.</param>
    /// <param name="predictions">Receives one prediction a row.</param>
    public void PredictBatch(ReadOnlySpan<double> rowsRowMajor, Span<double> predictions)
    {
        RequireLength(rowsRowMajor.Length, (long)predictions.Length * FeatureCount, nameof(rowsRowMajor));
        var count = FeatureCount;
        var rowsAtOnce = Math.Max(1, BatchIntervalsMax / Math.Max(1, count));
        var length = rowsAtOnce * count;
        Span<ushort> intervals = length <= BatchIntervalsMax ? stackalloc ushort[BatchIntervalsMax] : new ushort[length];
        while (!predictions.IsEmpty)
        {
            var rows = Math.Min(rowsAtOnce, predictions.Length);
            for (var row = 0; row < rows; row++)
            {
                _intervals.Locate(rowsRowMajor.Slice(row * count, count), intervals.Slice(row * count, count));
            }

            for (var row = 0; row < rows; row++)
            {
                predictions[row] = _objective.Apply(RawFromIntervals(intervals.Slice(row * count, count)));
            }

            rowsRowMajor = rowsRowMajor[(rows * count)..];
            predictions = predictions[rows..];
        }
    }

    /// <summary>Finds the leaf that one feature vector reaches in every tree.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="leaves">Receives one leaf number a tree.</param>
    public void PredictLeaves(ReadOnlySpan<double> features, Span<int> leaves)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(leaves.Length, TreeCount, nameof(leaves));
        var count = features.Length;
        var intervals = (count <= StackFeaturesMax ? stackalloc ushort[StackFeaturesMax] : new ushort[count])[..count];
        _intervals.Locate(features, intervals);
        _small.WriteNumbers(intervals, leaves);
        _medium.WriteNumbers(intervals, leaves);
        _large.WriteNumbers(intervals, leaves);
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

    /// <summary>Brings intervals of an earlier feature vector up to date, which is quicker than <see cref="Intervals"/> where few change.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="intervals">In: F interval numbers of this very predictor; out: those of the feature vector.</param>
    /// <returns>Whether any changed, and with it perhaps the prediction.</returns>
    public bool UpdateIntervals(ReadOnlySpan<double> features, Span<ushort> intervals)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(intervals.Length, FeatureCount, nameof(intervals));
        return _intervals.Relocate(features, intervals);
    }

    /// <summary>Predicts from intervals, as <see cref="Intervals"/> gave them for this very predictor.</summary>
    /// <param name="intervals">F interval numbers.</param>
    public double PredictFromIntervals(ReadOnlySpan<ushort> intervals)
    {
        RequireLength(intervals.Length, FeatureCount, nameof(intervals));
        return _objective.Apply(RawFromIntervals(intervals));
    }

    private double RawFromIntervals(ReadOnlySpan<ushort> intervals)
    {
        var lanes = default(Lanes);
        _small.AddValues(intervals, ref lanes);
        _medium.AddValues(intervals, ref lanes);
        _large.AddValues(intervals, ref lanes);
        return lanes.Sum / _treesToDivideBy;
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected)
        {
            ThrowLength(length, expected, name);
        }
    }

    // By itself, so that no call pays for the room that the message needs.
    [DoesNotReturn]
    private static void ThrowLength(int length, long expected, string name) =>
        throw new ArgumentException($"{length} values where {expected} belong.", name);
}
