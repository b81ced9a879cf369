using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>A part of a tree: the leaves below one node, which lie side by side.</summary>
/// <param name="From">First leaf, counted from the left.</param>
/// <param name="To">Leaf after the last.</param>
/// <param name="Left">Number of the left part; 0 for a single leaf.</param>
/// <param name="Right">Number of the right part; 0 for a single leaf.</param>
internal readonly record struct Subtree(int From, int To, int Left, int Right)
{
    /// <summary>Whether the part is one leaf.</summary>
    public bool IsLeaf => Left == 0;
}

/// <summary>A tree as its leaves, from left to right, and its parts, each before the parts below it.</summary>
internal sealed class TreeShape
{
    // More features on one path would not fit a pattern.
    private const int PathFeaturesMax = 64;

    private TreeShape(LeafPath[] leaves, Subtree[] subtrees)
    {
        Leaves = leaves;
        Subtrees = subtrees;
    }

    /// <summary>The leaves, from left to right.</summary>
    public LeafPath[] Leaves { get; }

    /// <summary>The parts; the first is the whole tree.</summary>
    public Subtree[] Subtrees { get; }

    /// <summary>Takes a tree apart.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="intervals">Intervals of the model's features.</param>
    /// <param name="treeWeight">Factor on the leaf values.</param>
    /// <param name="withCovers">Whether to weigh by the tree's counts; else the weights are 1 and mean nothing.</param>
    public static TreeShape Of(Tree tree, IntervalMap intervals, double treeWeight, bool withCovers)
    {
        var leaves = new List<LeafPath>(tree.LeafCount);
        var subtrees = new List<Subtree>((2 * tree.LeafCount) - 1);
        var open = new Stack<(int Node, int Parent, PathCondition[] Conditions)>();
        open.Push((tree.SplitCount > 0 ? 0 : ~0, -1, []));
        while (open.TryPop(out var item))
        {
            var (node, parent, conditions) = item;
            var number = subtrees.Count;
            if (parent >= 0)
            {
                // The left part comes right after its parent, so a parent that has one meets its right part.
                var above = subtrees[parent];
                subtrees[parent] = above.Left == 0 ? above with { Left = number } : above with { Right = number };
            }

            if (node < 0)
            {
                subtrees.Add(new Subtree(leaves.Count, leaves.Count + 1, 0, 0));
                leaves.Add(new LeafPath(~node, tree.LeafValue[~node] * treeWeight, conditions));
                continue;
            }

            subtrees.Add(new Subtree(leaves.Count, 0, 0, 0));
            open.Push((tree.RightChild[node], number, Extend(tree, node, left: false, conditions, intervals, withCovers)));
            open.Push((tree.LeftChild[node], number, Extend(tree, node, left: true, conditions, intervals, withCovers)));
        }

        for (var number = subtrees.Count - 1; number >= 0; number--)
        {
            if (!subtrees[number].IsLeaf)
            {
                subtrees[number] = subtrees[number] with { To = subtrees[subtrees[number].Right].To };
            }
        }

        return new TreeShape([.. leaves], [.. subtrees]);
    }

    private static PathCondition[] Extend(Tree tree, int node, bool left, PathCondition[] before, IntervalMap intervals, bool withCovers)
    {
        var feature = tree.SplitFeature[node];
        var at = Array.FindIndex(before, condition => condition.Feature >= feature);
        at = at < 0 ? before.Length : at;
        var isNew = at == before.Length || before[at].Feature != feature;
        var side = IntervalSet.Side(tree, node, left, intervals[feature], isNew ? null : before[at].Allowed);
        var weight = (isNew ? 1 : before[at].Weight) * (withCovers ? CoverShare(tree, node, left) : 1);
        var condition = new PathCondition(feature, side, weight);
        if (isNew && before.Length == PathFeaturesMax)
        {
            throw new NotSupportedException($"A path of the model asks for more than {PathFeaturesMax} features.");
        }

        return isNew ? [.. before[..at], condition, .. before[at..]] : [.. before[..at], condition, .. before[(at + 1)..]];
    }

    private static double CoverShare(Tree tree, int node, bool left)
    {
        var parent = tree.InternalCover[node];
        return parent == 0 ? 0 : (double)tree.CoverOf(left ? tree.LeftChild[node] : tree.RightChild[node]) / parent;
    }
}
