using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Lists the leaves of a tree, from left to right, with the conditions on their paths.</summary>
internal static class LeafPaths
{
    /// <summary>Lists all leaves of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="intervals">Intervals of the model's features.</param>
    /// <param name="treeWeight">Factor on the leaf values.</param>
    /// <param name="withCovers">Whether to weigh by the tree's counts; else the weights are 1 and mean nothing.</param>
    public static LeafPath[] Of(Tree tree, IntervalMap intervals, double treeWeight, bool withCovers)
    {
        var leaves = new List<LeafPath>(tree.LeafCount);
        var open = new Stack<(int Node, PathCondition[] Conditions)>();
        open.Push((tree.SplitCount > 0 ? 0 : ~0, []));
        while (open.TryPop(out var item))
        {
            var (node, conditions) = item;
            if (node < 0)
            {
                leaves.Add(new LeafPath(~node, tree.LeafValue[~node] * treeWeight, conditions));
                continue;
            }

            open.Push((tree.RightChild[node], Extend(conditions, left: false)));
            open.Push((tree.LeftChild[node], Extend(conditions, left: true)));

            PathCondition[] Extend(PathCondition[] before, bool left)
            {
                var feature = tree.SplitFeature[node];
                var at = Array.FindIndex(before, condition => condition.Feature == feature);
                var side = IntervalSet.Side(tree, node, left, intervals[feature], at < 0 ? null : before[at].Allowed);
                var share = withCovers ? CoverShare(tree, node, left) : 1;
                if (at < 0)
                {
                    return [.. before.Append(new PathCondition(feature, side, share)).OrderBy(condition => condition.Feature)];
                }

                var after = before.ToArray();
                after[at] = new PathCondition(feature, side, before[at].Weight * share);
                return after;
            }
        }

        return [.. leaves];
    }

    private static double CoverShare(Tree tree, int node, bool left)
    {
        var parent = tree.InternalCover[node];
        return parent == 0 ? 0 : (double)tree.CoverOf(left ? tree.LeftChild[node] : tree.RightChild[node]) / parent;
    }
}
