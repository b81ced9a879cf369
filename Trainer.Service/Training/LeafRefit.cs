using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Fits the leaf values of a model to fresh rows and keeps its structure: the fast first answer to drift.</summary>
/// <remarks>Boosting again, tree by tree, with the splits given: a leaf's new value is the learning rate × the weighted mean of what the
/// trees before left over. Old and new value are averaged by weight, the old one counting as <see cref="PriorRows"/> ordinary rows,
/// so a leaf that no fresh row reaches keeps its value (LightGBM's own refit lets it shrink towards 0). Directed features stay monotone.</remarks>
internal static class LeafRefit
{
    private const double PriorRows = 20;

    /// <summary>The refitted model.</summary>
    /// <param name="champion">Whose splits are kept.</param>
    /// <param name="rows">Fresh rows.</param>
    /// <param name="from">The first row to fit to.</param>
    /// <param name="weights">One for each row from 0.</param>
    /// <param name="learningRate">That the champion was trained with.</param>
    /// <param name="cancellationToken">Seen between trees.</param>
    public static TreeEnsemble Fit(
        TreeEnsemble champion, MetricsRows rows, int from, double[] weights, double learningRate, CancellationToken cancellationToken)
    {
        var count = weights.Length - from;
        var leaves = LeavesOf(champion, rows, from, count);
        var total = weights.AsSpan(from).ToArray().Sum();
        var mean = total > 0 ? WeightedMean(rows, from, weights, total) : 0;
        var prior = count > 0 ? PriorRows * total / count : 1;
        var score = new double[count];
        var values = new double[champion.LeafCount];
        var first = 0;
        for (var tree = 0; tree < champion.TreeCount; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var old = champion.Trees[tree];
            var fitted = values.AsSpan(first, old.LeafCount);

            // LightGBM starts from the labels' mean, which it keeps in the first tree.
            var start = tree == 0 ? mean : 0;
            FitTree(leaves.AsSpan(tree * count, count), rows, from, weights, score, start, learningRate, prior, old, fitted);
            first += old.LeafCount;
        }

        return champion.WithLeafValues(values);
    }

    private static void FitTree(
        ReadOnlySpan<int> leaves, MetricsRows rows, int from, double[] weights, double[] score, double start, double learningRate, double prior,
        Tree tree, Span<double> fitted)
    {
        var old = tree.LeafValues;
        Span<double> weight = new double[old.Length];
        Span<double> residual = new double[old.Length];
        for (var row = 0; row < leaves.Length; row++)
        {
            var w = weights[from + row];
            weight[leaves[row]] += w;
            residual[leaves[row]] += w * (rows.Label[from + row] - score[row] - start);
        }

        for (var leaf = 0; leaf < old.Length; leaf++)
        {
            var fresh = start + (weight[leaf] > 0 ? learningRate * residual[leaf] / weight[leaf] : 0);
            fitted[leaf] = weight[leaf] > 0 ? (weight[leaf] * fresh + prior * old[leaf]) / (weight[leaf] + prior) : old[leaf];
        }

        MonotoneLeaves.Enforce(tree, fitted);
        for (var row = 0; row < leaves.Length; row++)
        {
            score[row] += fitted[leaves[row]];
        }
    }

    private static int[] LeavesOf(TreeEnsemble champion, MetricsRows rows, int from, int count)
    {
        var predictor = Predictor.Compile(champion);
        var byTree = new int[champion.TreeCount * count];
        Span<double> features = new double[rows.Schema.Count];
        Span<int> leaves = new int[champion.TreeCount];
        for (var row = 0; row < count; row++)
        {
            rows.CopyFeatures(from + row, features);
            predictor.PredictLeaves(features, leaves);
            for (var tree = 0; tree < leaves.Length; tree++)
            {
                byTree[tree * count + row] = leaves[tree];
            }
        }

        return byTree;
    }

    private static double WeightedMean(MetricsRows rows, int from, double[] weights, double total)
    {
        double sum = 0;
        for (var row = from; row < weights.Length; row++)
        {
            sum += weights[row] * rows.Label[row];
        }

        return sum / total;
    }
}
