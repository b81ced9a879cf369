using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Shap;

namespace RateLimitSuite.TreeModel;

/// <summary>A model compiled for exact SHAP values. Immutable, safe to call from many threads, allocates nothing per call.</summary>
public sealed class TreeExplainer
{
    private const int StackFeaturesMax = 256;

    private readonly IntervalMap _intervals;
    private readonly LeafTable[] _leaves;

    private TreeExplainer(ExplanationMode mode, IntervalMap intervals, LeafTable[] leaves, double baseValue)
    {
        Mode = mode;
        _intervals = intervals;
        _leaves = leaves;
        BaseValue = baseValue;
        TableBytes = leaves.Sum(leaf => (leaf.Values.Length + (long)leaf.Pairs.Length) * sizeof(double));
    }

    /// <summary>What stands in for a feature that is taken as unknown.</summary>
    public ExplanationMode Mode { get; }

    /// <summary>The raw score expected without features.</summary>
    public double BaseValue { get; }

    /// <summary>Number of features a feature vector must have.</summary>
    public int FeatureCount => _intervals.FeatureCount;

    /// <summary>Bytes that the tables take.</summary>
    public long TableBytes { get; }

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
        return Build(ExplanationMode.PathDependent, ensemble, intervals, () => path => new PathShapley(path), options, progress, cancellationToken);
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
        return Build(ExplanationMode.Interventional, ensemble, intervals, PerTree, options, progress, cancellationToken);

        Func<LeafPath, ILeafShapley> PerTree()
        {
            var patterns = new BackgroundPatterns(background);
            return path => new BackgroundShapley(path.Value, path.Conditions.Length, patterns.SharesOf(path));
        }
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
        shapValues.Clear();
        foreach (var leaf in _leaves)
        {
            leaf.AddValues(intervals, shapValues);
        }

        return BaseValue;
    }

    /// <summary>Splits one prediction's raw score into main effects and pairwise interactions, exactly.</summary>
    /// <param name="features">The feature vector: F values, NaN where missing.</param>
    /// <param name="interactions">Receives F × F values; symmetric, and each row adds up to the feature's SHAP value.</param>
    /// <returns>The base value.</returns>
    public double ExplainInteractions(ReadOnlySpan<double> features, Span<double> interactions)
    {
        RequireLength(interactions.Length, (long)FeatureCount * FeatureCount, nameof(interactions));
        if (_leaves.Length > 0 && _leaves[0].Pairs.IsEmpty && _leaves.Any(leaf => leaf.Depth > 1 && leaf.Pairs.IsEmpty))
        {
            throw new InvalidOperationException($"The explainer was built without {nameof(TreeExplainerOptions.WithInteractions)}.");
        }

        Span<double> values = FeatureCount <= StackFeaturesMax ? stackalloc double[FeatureCount] : new double[FeatureCount];
        Explain(features, values);
        Span<ushort> intervals = FeatureCount <= StackFeaturesMax ? stackalloc ushort[FeatureCount] : new ushort[FeatureCount];
        _intervals.Locate(features, intervals);
        interactions.Clear();
        foreach (var leaf in _leaves)
        {
            leaf.AddPairs(intervals, interactions, FeatureCount);
        }

        for (var i = 0; i < FeatureCount; i++)
        {
            var main = values[i];
            for (var j = 0; j < FeatureCount; j++)
            {
                main -= interactions[(i * FeatureCount) + j];
            }

            interactions[(i * FeatureCount) + i] = main;
        }

        return BaseValue;
    }

    private static TreeExplainer Build(
        ExplanationMode mode,
        TreeEnsemble ensemble,
        IntervalMap intervals,
        Func<Func<LeafPath, ILeafShapley>> perTree,
        TreeExplainerOptions? options,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        options ??= new TreeExplainerOptions();
        var leaves = new List<LeafTable>();
        double baseValue = 0;
        for (var tree = 0; tree < ensemble.TreeCount; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var shapley = perTree();
            foreach (var path in LeafPaths.Of(ensemble.Trees[tree], intervals, ensemble.TreeWeight, mode == ExplanationMode.PathDependent))
            {
                var leaf = shapley(path);
                baseValue += leaf.BaseValue;
                leaves.Add(new LeafTable(path, leaf, options.WithInteractions));
            }

            progress?.Report((tree + 1.0) / ensemble.TreeCount);
        }

        return new TreeExplainer(mode, intervals, [.. leaves], baseValue);
    }

    private static void RequireLength(int length, long expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"{length} values where {expected} belong.", name);
        }
    }
}
