using RateLimitSuite.TreeModel.Text;

namespace RateLimitSuite.TreeModel.Tests;

/// <summary>Small random ensembles with every kind of split, and rows that lie on and beside their thresholds.</summary>
internal static class RandomEnsembles
{
    private static readonly double[] EdgeValues =
    [
        double.NaN, 0.0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue,
        1e-35f, -1e-35f, 1e-36, -1e-36, 5, 31, 32, 1e10, -0.5, -1,
    ];

    /// <summary>Makes an ensemble.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="features">Features; with <paramref name="categorical"/> the last is a category.</param>
    /// <param name="trees">Trees.</param>
    /// <param name="leaves">Leaves a tree.</param>
    /// <param name="categorical">Whether there is a category.</param>
    public static TreeEnsemble Create(int seed, int features, int trees, int leaves, bool categorical = true)
    {
        var random = new Random(seed);
        var names = Enumerable.Range(0, features).Select(feature => $"f{feature}").ToArray();
        string[] lines =
        [
            "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0", $"max_feature_idx={features - 1}", "objective=regression",
            $"feature_names={string.Join(' ', names)}", $"feature_infos={string.Join(' ', names.Select(_ => "none"))}",
        ];
        var header = new ModelHeader(lines, names, new Objective("regression", Link.Identity), AveragesTrees: false);
        return new TreeEnsemble(header, [.. Enumerable.Range(0, trees).Select(_ => CreateTree(random, features, leaves, categorical))], "");
    }

    /// <summary>Rows at each threshold, one ulp to either side, at edge values and at random.</summary>
    public static double[][] Rows(TreeEnsemble ensemble, int seed, int count)
    {
        var random = new Random(seed);
        var values = new List<double>[ensemble.FeatureCount];
        for (var feature = 0; feature < values.Length; feature++)
        {
            values[feature] = [.. EdgeValues, .. Enumerable.Range(0, 5).Select(_ => (random.NextDouble() * 4) - 2)];
        }

        foreach (var tree in ensemble.Trees)
        {
            for (var split = 0; split < tree.SplitCount; split++)
            {
                var threshold = tree.Threshold[split];
                values[tree.SplitFeature[split]].AddRange([threshold, Math.BitIncrement(threshold), Math.BitDecrement(threshold)]);
            }
        }

        return [.. Enumerable.Range(0, count).Select(_ => Array.ConvertAll(values, column => column[random.Next(column.Count)]))];
    }

    private static Tree CreateTree(Random random, int features, int leaves, bool categorical)
    {
        var splits = leaves - 1;
        int[] left = new int[splits], right = new int[splits];
        var covers = new Dictionary<int, long> { [~0] = 1000 };
        var internalCover = new long[splits];
        for (var split = 0; split < splits; split++)
        {
            // Leaf `at` becomes a split whose children are itself and the next new leaf.
            var at = random.Next(split + 1);
            Replace(left, ~at, split);
            Replace(right, ~at, split);
            (left[split], right[split]) = random.Next(2) == 0 ? (~at, ~(split + 1)) : (~(split + 1), ~at);
            internalCover[split] = covers[~at];
            covers[~(split + 1)] = random.NextInt64(covers[~at] + 1);
            covers[~at] -= covers[~(split + 1)];
        }

        var sets = new List<uint>();
        var (feature, threshold, decision) = (new int[splits], new double[splits], new byte[splits]);
        for (var split = 0; split < splits; split++)
        {
            feature[split] = random.Next(features);
            if (categorical && feature[split] == features - 1)
            {
                (threshold[split], decision[split]) = (sets.Count, 1);
                sets.Add((uint)random.Next());
            }
            else
            {
                threshold[split] = random.Next(6) == 0 ? random.Next(3) * 1e-36 : Math.Round((random.NextDouble() * 4) - 2, 1);
                decision[split] = (byte)((random.Next(3) << 2) | (random.Next(2) << 1));
            }
        }

        return new Tree(new TreeArrays
        {
            SplitFeature = feature,
            Threshold = threshold,
            DecisionType = decision,
            LeftChild = left,
            RightChild = right,
            LeafValue = [.. Enumerable.Range(0, leaves).Select(_ => (random.NextDouble() * 10) - 5)],
            LeafCover = [.. Enumerable.Range(0, leaves).Select(leaf => covers[~leaf])],
            InternalCover = internalCover,
            SplitGain = new double[splits],
            LeafWeight = new double[leaves],
            InternalValue = new double[splits],
            InternalWeight = new double[splits],
            CategoryBoundaries = sets.Count > 0 ? [.. Enumerable.Range(0, sets.Count + 1)] : [],
            CategoryBits = [.. sets],
            Shrinkage = 1,
        });
    }

    private static void Replace(int[] children, int from, int to)
    {
        var at = Array.IndexOf(children, from);
        if (from < 0 && at >= 0)
        {
            children[at] = to;
        }
    }
}
