using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Fits the leaf values of a model to fresh rows and keeps its structure: the fast first answer to drift.</summary>
/// <remarks>Boosting again, tree by tree, with the splits given: a leaf's new value is the learning rate × the weighted mean of what the
/// trees before left over. Old and new value are averaged by weight, the old one counting as <see cref="PriorRows"/> ordinary rows,
/// so a leaf that no fresh row reaches keeps its value (LightGBM's own refit lets it shrink towards 0). Directed features stay monotone. What is
/// fitted to are points within the labels' intervals, the first time by the champion's own predictions (<see cref="IntervalTargets"/>).</remarks>
internal static class LeafRefit
{
    private const double PriorRows = 20;
    private const int Passes = 2;

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
        var fresh = new FreshRows(leaves, new double[count], weights.AsMemory(from));
        var fitted = champion;
        for (var pass = 0; pass < Passes; pass++)
        {
            fresh.Aim(fitted, rows, from);
            fitted = champion.WithLeafValues(Values(champion, fresh, learningRate, cancellationToken));
        }

        return fitted;
    }

    private static double[] Values(TreeEnsemble champion, in FreshRows rows, double learningRate, CancellationToken cancellationToken)
    {
        var mean = rows.TargetMean;
        var prior = rows.Count > 0 ? PriorRows * rows.TotalWeight / rows.Count : 1;
        var score = new double[rows.Count];
        var values = new double[champion.LeafCount];
        var first = 0;
        for (var tree = 0; tree < champion.TreeCount; tree++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var old = champion.Trees[tree];
            var fitted = values.AsSpan(first, old.LeafCount);

            // LightGBM starts from the labels' mean, which it keeps in the first tree.
            FitTree(rows, tree, score, tree == 0 ? mean : 0, learningRate, prior, old, fitted);
            first += old.LeafCount;
        }

        return values;
    }

    private static void FitTree(
        in FreshRows rows, int number, double[] score, double start, double learningRate, double prior, Tree tree, Span<double> fitted)
    {
        var old = tree.LeafValues;
        var leaves = rows.LeavesOf(number);
        var weights = rows.Weights.Span;
        var targets = rows.Targets;
        Span<double> weight = new double[old.Length];
        Span<double> residual = new double[old.Length];
        for (var row = 0; row < leaves.Length; row++)
        {
            weight[leaves[row]] += weights[row];
            residual[leaves[row]] += weights[row] * (targets[row] - score[row] - start);
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

    /// <summary>What is fitted to.</summary>
    /// <param name="leaves">Of each tree the leaf that each row falls into, tree after tree.</param>
    /// <param name="targets">Receives one target a row, tokens/s.</param>
    /// <param name="weights">One a row.</param>
    private readonly struct FreshRows(int[] leaves, double[] targets, ReadOnlyMemory<double> weights)
    {
        public int Count => Targets.Length;

        public double[] Targets { get; } = targets;

        public ReadOnlyMemory<double> Weights { get; } = weights;

        public double TotalWeight
        {
            get
            {
                double sum = 0;
                foreach (var weight in Weights.Span)
                {
                    sum += weight;
                }

                return sum;
            }
        }

        public double TargetMean
        {
            get
            {
                var sum = 0.0;
                var weights = Weights.Span;
                for (var row = 0; row < weights.Length; row++)
                {
                    sum += weights[row] * Targets[row];
                }

                return TotalWeight > 0 ? sum / TotalWeight : 0;
            }
        }

        public ReadOnlySpan<int> LeavesOf(int tree) => leaves.AsSpan(tree * Count, Count);

        /// <summary>Sets every target by what a model with these trees predicts.</summary>
        public void Aim(TreeEnsemble model, MetricsRows rows, int from)
        {
            Array.Clear(Targets);
            for (var tree = 0; tree < model.TreeCount; tree++)
            {
                var values = model.Trees[tree].LeafValues;
                var reached = LeavesOf(tree);
                for (var row = 0; row < reached.Length; row++)
                {
                    Targets[row] += values[reached[row]];
                }
            }

            for (var row = 0; row < Targets.Length; row++)
            {
                Targets[row] = IntervalTargets.Toward(Targets[row], rows.Low[from + row], rows.High[from + row]);
            }
        }
    }
}
