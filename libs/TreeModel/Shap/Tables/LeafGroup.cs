namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Some leaves of a tree whose SHAP values are added up in one table, a row for each combination of classes.</summary>
/// <remarks>From a whole tree, one look-up, to a single leaf, where the classes are passing and not passing: the leaf's patterns.</remarks>
internal sealed class LeafGroup
{
    /// <summary>A row number is kept in 16 bits.</summary>
    public const int RowsMax = 1 << 16;

    // A leaf with more conditions has more patterns than rows can be.
    private const int ConditionsMax = 16;

    private LeafGroup(int[] features, int[] featureIndexes, Partition[] partitions)
    {
        Features = features;
        FeatureIndexes = featureIndexes;
        Partitions = partitions;
        Strides = new int[partitions.Length];
        Rows = 1;
        for (var i = partitions.Length - 1; i >= 0; i--)
        {
            Strides[i] = Rows;
            Rows *= partitions[i].Count;
        }
    }

    /// <summary>All features on the paths of the group's leaves, ascending.</summary>
    public int[] Features { get; }

    /// <summary>Which of the tree's features have more than one class.</summary>
    public int[] FeatureIndexes { get; }

    /// <summary>The tree's classes of each such feature, sorted for this group.</summary>
    public Partition[] Partitions { get; }

    /// <summary>What a step of each feature's class adds to the row number.</summary>
    public int[] Strides { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Makes the group of some leaves.</summary>
    /// <returns>Null where it would have more than <see cref="RowsMax"/> rows.</returns>
    public static LeafGroup? TryCreate(ReadOnlySpan<LeafPath> leaves, TreeClasses classes)
    {
        var features = new SortedSet<int>();
        foreach (var leaf in leaves)
        {
            features.UnionWith(leaf.Conditions.Select(condition => condition.Feature));
            if (leaf.Conditions.Length > ConditionsMax)
            {
                return null;
            }
        }

        var indexes = new List<int>();
        var partitions = new List<Partition>();
        long rows = 1;
        for (var f = 0; f < classes.Features.Length; f++)
        {
            var partition = classes.Group(leaves, f);
            if (partition.Count > 1)
            {
                indexes.Add(f);
                partitions.Add(partition);
                rows *= partition.Count;
            }

            if (rows > RowsMax)
            {
                return null;
            }
        }

        return new LeafGroup([.. features], [.. indexes], [.. partitions]);
    }
}
