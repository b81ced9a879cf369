namespace RateLimitSuite.TreeModel.Text;

/// <summary>Checks that the arrays of a tree make a tree, so that nothing after it needs to look again.</summary>
internal static class TreeChecks
{
    /// <summary>Throws where a number points nowhere or the splits do not form one tree over all leaves.</summary>
    public static void Check(Tree tree, int featureCount, int categorySets, Func<string, string, Exception> error)
    {
        CheckCategorySets(tree, categorySets, error);
        for (var split = 0; split < tree.SplitCount; split++)
        {
            CheckSplit(tree, split, featureCount, categorySets, error);
        }

        CheckShape(tree, error);
        CheckCovers(tree.LeafCover, "leaf_count", error);
        CheckCovers(tree.InternalCover, "internal_count", error);
    }

    private static void CheckCategorySets(Tree tree, int categorySets, Func<string, string, Exception> error)
    {
        var boundaries = tree.CategoryBoundaries;
        for (var set = 0; set < categorySets; set++)
        {
            if (boundaries[set] < 0 || boundaries[set + 1] < boundaries[set])
            {
                throw error("cat_boundaries", $"entry {set} does not rise from 0.");
            }
        }

        if (categorySets > 0 && (boundaries[0] != 0 || boundaries[^1] != tree.CategoryBits.Length))
        {
            throw error("cat_threshold", $"{tree.CategoryBits.Length} words where cat_boundaries asks for {boundaries[^1]}.");
        }
    }

    private static void CheckSplit(Tree tree, int split, int featureCount, int categorySets, Func<string, string, Exception> error)
    {
        var feature = tree.SplitFeature[split];
        if (feature < 0 || feature >= featureCount)
        {
            throw error("split_feature", $"entry {split} is feature {feature}; the model has features 0 to {featureCount - 1}.");
        }

        var threshold = tree.Threshold[split];
        if (tree.IsCategorical(split) && !(threshold >= 0 && threshold < categorySets && threshold == Math.Floor(threshold)))
        {
            throw error("threshold", $"entry {split} is category set {threshold}; the tree has {categorySets}.");
        }
    }

    private static void CheckShape(Tree tree, Func<string, string, Exception> error)
    {
        // Walking from the root finds children that are out of range, shared, or part of a cycle; what is left over was not connected.
        var splitSeen = new bool[tree.SplitCount];
        var leafSeen = new bool[tree.LeafCount];
        var open = new Stack<int>();
        open.Push(tree.SplitCount > 0 ? 0 : ~0);
        var reached = 0;
        while (open.TryPop(out var node))
        {
            var seen = node >= 0 ? splitSeen : leafSeen;
            var index = node >= 0 ? node : ~node;
            if (index >= seen.Length || seen[index])
            {
                throw error("left_child", $"child {node} is out of range or reached twice: this is no tree.");
            }

            seen[index] = true;
            reached++;
            if (node >= 0)
            {
                open.Push(tree.RightChild[node]);
                open.Push(tree.LeftChild[node]);
            }
        }

        if (reached != tree.SplitCount + tree.LeafCount)
        {
            throw error("left_child", $"only {reached} of {tree.SplitCount + tree.LeafCount} splits and leaves are connected to the root.");
        }
    }

    private static void CheckCovers(long[] covers, string key, Func<string, string, Exception> error)
    {
        foreach (var cover in covers)
        {
            if (cover < 0)
            {
                throw error(key, $"{cover} rows; a count is 0 or more.");
            }
        }
    }
}
