namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Chooses which parts of the trees get a table each, so that a row takes the fewest look-ups within a budget.</summary>
/// <remarks>
/// One table for a whole tree is one look-up but a row for each combination of its classes; two tables for its halves are two look-ups and
/// far fewer rows, as each half asks only half of the questions. For a price per byte, the best cut of each tree follows from the best
/// cuts of its halves; the price is raised until the budget holds.
/// </remarks>
internal static class TablePlan
{
    // Computing a leaf's terms on demand takes about as long as this many look-ups.
    private const double ComputedLeafCost = 60;
    private const int PriceSteps = 60;

    /// <summary>Chooses the parts.</summary>
    /// <param name="trees">The trees with the bytes of each part's table; infinite where it may have none.</param>
    /// <param name="budget">Bytes for all tables.</param>
    /// <returns>For each tree the chosen parts; those whose table is out of the budget stand as ~part and are to be computed.</returns>
    public static List<int>[] Choose(IReadOnlyList<(Subtree[] Subtrees, double[] Bytes)> trees, double budget)
    {
        var best = ChooseAt(0, trees);
        if (BytesOf(best, trees) <= budget)
        {
            return best;
        }

        // Lookups saved per byte lie between these.
        double low = 1e-12, high = 1e3;
        best = ChooseAt(high, trees);
        for (var step = 0; step < PriceSteps; step++)
        {
            var price = Math.Sqrt(low * high);
            var choice = ChooseAt(price, trees);
            if (BytesOf(choice, trees) <= budget)
            {
                (best, high) = (choice, price);
            }
            else
            {
                low = price;
            }
        }

        return best;
    }

    private static List<int>[] ChooseAt(double price, IReadOnlyList<(Subtree[] Subtrees, double[] Bytes)> trees) =>
        [.. trees.Select(tree => ChooseAt(price, tree.Subtrees, tree.Bytes))];

    private static List<int> ChooseAt(double price, Subtree[] subtrees, double[] bytes)
    {
        // Parts come before the parts below them, so backwards is bottom up.
        var costs = new double[subtrees.Length];
        for (var part = subtrees.Length - 1; part >= 0; part--)
        {
            costs[part] = Math.Min(TableCost(part), OtherCost(part));
        }

        var chosen = new List<int>();
        var open = new Stack<int>([0]);
        while (open.TryPop(out var part))
        {
            if (TableCost(part) <= OtherCost(part))
            {
                chosen.Add(part);
            }
            else if (subtrees[part].IsLeaf)
            {
                chosen.Add(~part);
            }
            else
            {
                open.Push(subtrees[part].Right);
                open.Push(subtrees[part].Left);
            }
        }

        return chosen;

        double TableCost(int part) => double.IsFinite(bytes[part]) ? 1 + (price * bytes[part]) : double.PositiveInfinity;

        double OtherCost(int part) => subtrees[part].IsLeaf ? ComputedLeafCost : costs[subtrees[part].Left] + costs[subtrees[part].Right];
    }

    private static double BytesOf(List<int>[] choice, IReadOnlyList<(Subtree[] Subtrees, double[] Bytes)> trees)
    {
        double sum = 0;
        for (var tree = 0; tree < choice.Length; tree++)
        {
            foreach (var part in choice[tree])
            {
                sum += part < 0 ? 0 : trees[tree].Bytes[part];
            }
        }

        return sum;
    }
}
