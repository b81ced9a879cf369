using System.Numerics;

namespace RateLimitSuite.TreeModel.Tests;

/// <summary>Shapley and interaction values by their definition, over all coalitions: slow, and sharing no code with the library's.</summary>
internal static class BruteForce
{
    /// <summary>Worth of a coalition: the mean prediction over the background with the coalition's features put in.</summary>
    public static Func<int, double> Interventional(TreeEnsemble ensemble, double[] features, double[][] background) => coalition =>
    {
        double sum = 0;
        foreach (var row in background)
        {
            var mixed = row.ToArray();
            for (var feature = 0; feature < mixed.Length; feature++)
            {
                mixed[feature] = ((coalition >> feature) & 1) != 0 ? features[feature] : mixed[feature];
            }

            sum += ensemble.Trees.Sum(tree => tree.LeafValues[tree.Route(mixed)]);
        }

        return sum / background.Length;
    };

    /// <summary>Worth of a coalition: splits on its features are followed, at others both sides count by their covers.</summary>
    public static Func<int, double> PathDependent(TreeEnsemble ensemble, double[] features) => coalition =>
        ensemble.Trees.Sum(tree => tree.SplitCount == 0 ? tree.LeafValues[0] : Expected(tree, 0, features, coalition));

    /// <summary>Shapley values of a game.</summary>
    public static double[] Values(int players, Func<int, double> worth)
    {
        var worths = Enumerable.Range(0, 1 << players).Select(worth).ToArray();
        var values = new double[players];
        for (var player = 0; player < players; player++)
        {
            for (var coalition = 0; coalition < worths.Length; coalition++)
            {
                if (((coalition >> player) & 1) == 0)
                {
                    var size = BitOperations.PopCount((uint)coalition);
                    values[player] += Factorial(size) * Factorial(players - size - 1) / Factorial(players)
                        * (worths[coalition | (1 << player)] - worths[coalition]);
                }
            }
        }

        return values;
    }

    /// <summary>Interaction values of a game: half of each pair's off the diagonal, the rest on it.</summary>
    public static double[] Interactions(int players, Func<int, double> worth)
    {
        var worths = Enumerable.Range(0, 1 << players).Select(worth).ToArray();
        var values = Values(players, coalition => worths[coalition]);
        var result = new double[players * players];
        for (var i = 0; i < players; i++)
        {
            for (var j = 0; j < players; j++)
            {
                result[(i * players) + j] = i == j ? 0 : PairIndex(players, worths, i, j) / 2;
            }

            result[(i * players) + i] = values[i] - result.Skip(i * players).Take(players).Sum();
        }

        return result;
    }

    private static double PairIndex(int players, double[] worths, int i, int j)
    {
        int bitI = 1 << i, bitJ = 1 << j;
        double sum = 0;
        for (var coalition = 0; coalition < worths.Length; coalition++)
        {
            if ((coalition & (bitI | bitJ)) == 0)
            {
                var size = BitOperations.PopCount((uint)coalition);
                sum += Factorial(size) * Factorial(players - size - 2) / Factorial(players - 1)
                    * (worths[coalition | bitI | bitJ] - worths[coalition | bitI] - worths[coalition | bitJ] + worths[coalition]);
            }
        }

        return sum;
    }

    private static double Expected(Tree tree, int node, double[] features, int coalition)
    {
        if (node < 0)
        {
            return tree.LeafValues[~node];
        }

        var feature = tree.SplitFeatures[node];
        int left = tree.LeftChild[node], right = tree.RightChild[node];
        if (((coalition >> feature) & 1) != 0)
        {
            return Expected(tree, tree.GoesLeft(node, features[feature]) ? left : right, features, coalition);
        }

        double cover = tree.InternalCover[node];
        return cover == 0 ? 0 : (tree.CoverOf(left) / cover * Expected(tree, left, features, coalition))
            + (tree.CoverOf(right) / cover * Expected(tree, right, features, coalition));
    }

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
