using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Shap;
using RateLimitSuite.TreeModel.Shap.Tables;

namespace RateLimitSuite.TreeModel;

/// <summary>A model compiled for exact SHAP values. Immutable, safe to call from many threads.</summary>
/// <remarks>Allocates nothing per call, up to 256 features, and 45 where interactions are asked for.</remarks>
public sealed class TreeExplainer
{
    private const int StackFeaturesMax = 256;
    private const int StackPairsMax = 1024;

    private readonly IntervalMap _intervals;
    private readonly TermLayout _pairLayout;
    private readonly TermTables _values;
    private readonly TermTables? _pairs;

    private TreeExplainer(ExplanationMode mode, double baseValue, IntervalMap intervals, TermTables values, TermTables? pairs)
    {
        Mode = mode;
        BaseValue = baseValue;
        _intervals = intervals;
        _pairLayout = TermLayout.Pairs(intervals.FeatureCount);
        _values = values;
        _pairs = pairs;
    }

    /// <summary>What stands in for a feature that is taken as unknown.</summary>
    public ExplanationMode Mode { get; }

    /// <summary>The raw score expected without features.</summary>
    public double BaseValue { get; }

    /// <summary>Number of features a feature vector must have.</summary>
    public int FeatureCount => _intervals.FeatureCount;

    /// <summary>Bytes that the tables take.</summary>
    public long TableBytes => ValueTables.Bytes + (PairTables?.Bytes ?? 0);

    /// <summary>The tables of SHAP values that were chosen.</summary>
    public TableChoice ValueTables => _values.Choice;

    /// <summary>The tables of interaction values that were chosen; null where none were asked for.</summary>
    public TableChoice? PairTables => _pairs?.Choice;

    /// <summary>Compiles a model for path-dependent SHAP, which weighs by the counts of training rows in the model.</summary>
    /// <param name="ensemble">The model.</param>
    /// <param name="options">What it may cost; null for the defaults.</param>
    /// <param name="progress">Told the share done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="NotSupportedException">The model has no counts.</exception>
    public static TreeExplainer PathDependent(
        TreeEnsemble ensemble,
        TreeExplainerOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        if (!ensemble.HasCovers)
        {
            throw new NotSupportedException("The model has no leaf_count and internal_count, so path-dependent SHAP has nothing to weigh by.");
        }

        var intervals = IntervalMap.Build(ensemble);
        return Build(ExplanationMode.PathDependent, ensemble, intervals, () => new PathSource(), options, progress, cancellationToken);
    }

    /// <summary>Compiles a model for interventional SHAP over a background. The cost of an explanation does not depend on its size.</summary>
    /// <param name="ensemble">The model.</param>
    /// <param name="backgroundRowsRowMajor">The background's feature vectors, one after the other; at least one.</param>
    /// <param name="options">What it may cost; null for the defaults.</param>
    /// <param name="progress">Told the share done, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static TreeExplainer Interventional(
        TreeEnsemble ensemble,
        ReadOnlySpan<double> backgroundRowsRowMajor,
        TreeExplainerOptions? options = null,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        var intervals = IntervalMap.Build(ensemble);
        var background = Background.Of(backgroundRowsRowMajor, intervals);
        return Build(ExplanationMode.Interventional, ensemble, intervals, () => new BackgroundPatterns(background), options, progress, cancellationToken);
    }

    /// <summary>Splits one prediction's raw score into SHAP values, exactly.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="shapValues">Receives F SHAP values, on the raw scale (tokens/s where the link is the identity).</param>
    /// <returns>The base value; base value + Σ SHAP values = raw score, within 1e-9 relative.</returns>
    /// <exception cref="ArgumentException">A span's length is not F: the caller's bug, never the data's.</exception>
    public double Explain(ReadOnlySpan<double> features, Span<double> shapValues)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(shapValues.Length, FeatureCount, nameof(shapValues));
        Span<ushort> intervals = FeatureCount <= StackFeaturesMax ? stackalloc ushort[FeatureCount] : new ushort[FeatureCount];
        _intervals.Locate(features, intervals);
        _values.Sum(intervals, shapValues);
        return BaseValue;
    }

    /// <summary>Splits one prediction's raw score into main effects and pairwise interactions, exactly.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="interactions">Receives F × F values; symmetric, and each row adds up to the feature's SHAP value.</param>
    /// <returns>The base value.</returns>
    public double ExplainInteractions(ReadOnlySpan<double> features, Span<double> interactions)
    {
        RequireLength(features.Length, FeatureCount, nameof(features));
        RequireLength(interactions.Length, (long)FeatureCount * FeatureCount, nameof(interactions));
        if (_pairs is null)
        {
            throw new InvalidOperationException($"The explainer was built without {nameof(TreeExplainerOptions.WithInteractions)}.");
        }

        Span<ushort> intervals = FeatureCount <= StackFeaturesMax ? stackalloc ushort[FeatureCount] : new ushort[FeatureCount];
        _intervals.Locate(features, intervals);
        Span<double> mains = FeatureCount <= StackFeaturesMax ? stackalloc double[FeatureCount] : new double[FeatureCount];
        _values.Sum(intervals, mains);
        Span<double> pairs = _pairLayout.Terms <= StackPairsMax ? stackalloc double[_pairLayout.Terms] : new double[_pairLayout.Terms];
        _pairs.Sum(intervals, pairs);

        // The diagonal takes what the pairs leave of each feature's SHAP value.
        var pair = 0;
        for (var i = 0; i < mains.Length; i++)
        {
            for (var j = i + 1; j < mains.Length; j++, pair++)
            {
                interactions[(i * mains.Length) + j] = pairs[pair];
                interactions[(j * mains.Length) + i] = pairs[pair];
                mains[i] -= pairs[pair];
                mains[j] -= pairs[pair];
            }
        }

        for (var i = 0; i < mains.Length; i++)
        {
            interactions[(i * mains.Length) + i] = mains[i];
        }

        return BaseValue;
    }

    private static TreeExplainer Build(
        ExplanationMode mode,
        TreeEnsemble ensemble,
        IntervalMap intervals,
        Func<IShapleySource> sourceOfTree,
        TreeExplainerOptions? options,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        options ??= new TreeExplainerOptions();
        var shapes = new TreeShape[ensemble.TreeCount];
        var sources = new IShapleySource[ensemble.TreeCount];
        double baseValue = 0;
        for (var tree = 0; tree < shapes.Length; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            shapes[tree] = TreeShape.Of(ensemble.Trees[tree], intervals, ensemble.TreeWeight, mode == ExplanationMode.PathDependent);
            sources[tree] = sourceOfTree();
            baseValue += shapes[tree].Leaves.Sum(sources[tree].BaseValue);
        }

        var parts = options.WithInteractions ? 2.0 : 1.0;
        var values = TermTables.Build(TermLayout.Values(ensemble.FeatureCount), intervals, shapes, sources, options.TableBytesMax, share => Report(share / parts));
        var pairs = options.WithInteractions
            ? TermTables.Build(TermLayout.Pairs(ensemble.FeatureCount), intervals, shapes, sources, options.TableBytesMax, share => Report((1 + share) / parts))
            : null;
        progress?.Report(1);
        return new TreeExplainer(mode, baseValue, intervals, values, pairs);

        void Report(double share)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(share);
        }
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{length} values where {expected} belong.", name);
        }
    }
}
