using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Keeps a tree monotone whose leaf values were fitted freely.</summary>
/// <remarks>At each split on a feature with a direction, every leaf of the side that must be lower is held to the middle between the
/// sides, and so is every leaf of the other. From the root down, so what an outer split settled stays settled inside it.</remarks>
internal static class MonotoneLeaves
{
    /// <summary>Changes leaf values until no split on a directed feature goes against its direction.</summary>
    public static void Enforce(Tree tree, Span<double> values)
    {
        if (tree.SplitCount > 0)
        {
            Enforce(tree, 0, values);
        }
    }

    private static void Enforce(Tree tree, int node, Span<double> values)
    {
        if (node < 0)
        {
            return;
        }

        var (left, right) = (tree.LeftChildren[node], tree.RightChildren[node]);
        var direction = tree.IsCategorical(node) ? 0 : TrainingParameters.Direction(tree.SplitFeatures[node]);
        if (direction != 0)
        {
            var (lower, upper) = direction > 0 ? (left, right) : (right, left);
            var (top, bottom) = (Extreme(tree, lower, values, Math.Max), Extreme(tree, upper, values, Math.Min));
            if (top > bottom)
            {
                var middle = (top + bottom) / 2;
                Clamp(tree, lower, values, double.NegativeInfinity, middle);
                Clamp(tree, upper, values, middle, double.PositiveInfinity);
            }
        }

        Enforce(tree, left, values);
        Enforce(tree, right, values);
    }

    private static double Extreme(Tree tree, int node, ReadOnlySpan<double> values, Func<double, double, double> pick) => node < 0
        ? values[~node]
        : pick(Extreme(tree, tree.LeftChildren[node], values, pick), Extreme(tree, tree.RightChildren[node], values, pick));

    private static void Clamp(Tree tree, int node, Span<double> values, double least, double most)
    {
        if (node < 0)
        {
            values[~node] = Math.Clamp(values[~node], least, most);
            return;
        }

        Clamp(tree, tree.LeftChildren[node], values, least, most);
        Clamp(tree, tree.RightChildren[node], values, least, most);
    }
}
