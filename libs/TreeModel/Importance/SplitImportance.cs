namespace RateLimitSuite.TreeModel;

/// <summary>Importance that the model itself tells: how often a feature splits, and what its splits gained in training.</summary>
public static class SplitImportance
{
    /// <summary>Number of splits of each feature.</summary>
    public static double[] Counts(TreeEnsemble ensemble) => Sum(ensemble, (_, _) => 1);

    /// <summary>Total gain of each feature's splits; 0 where the model text has no gains.</summary>
    public static double[] Gains(TreeEnsemble ensemble) => Sum(ensemble, (tree, split) => tree.SplitGain.Length > 0 ? tree.SplitGain[split] : 0);

    private static double[] Sum(TreeEnsemble ensemble, Func<Tree, int, double> amount)
    {
        ArgumentNullException.ThrowIfNull(ensemble);
        var sums = new double[ensemble.FeatureCount];
        foreach (var tree in ensemble.Trees)
        {
            for (var split = 0; split < tree.SplitCount; split++)
            {
                sums[tree.SplitFeature[split]] += amount(tree, split);
            }
        }

        return sums;
    }
}
