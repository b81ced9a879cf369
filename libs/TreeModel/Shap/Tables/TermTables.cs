using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>All terms of a model: tables for what the budget holds, computed leaves for the rest.</summary>
internal sealed class TermTables
{
    private readonly ITermTables _tables;
    private readonly ComputedLeaf[] _computed;

    private TermTables(ITermTables tables, ComputedLeaf[] computed, TableChoice choice)
    {
        _tables = tables;
        _computed = computed;
        Choice = choice;
    }

    /// <summary>What was chosen.</summary>
    public TableChoice Choice { get; }

    /// <summary>Plans and fills the tables.</summary>
    /// <param name="layout">What a row holds.</param>
    /// <param name="intervals">Intervals of the model.</param>
    /// <param name="shapes">The trees.</param>
    /// <param name="sources">What the leaves of each tree are worth.</param>
    /// <param name="budget">Bytes at most; what the layout itself takes is spent even if it is more.</param>
    /// <param name="progress">Told the share done; throws to stop.</param>
    public static TermTables Build(
        TermLayout layout, IntervalMap intervals, TreeShape[] shapes, IShapleySource[] sources, long budget, Action<double> progress)
    {
        var isDense = DenseTables.Suits(layout, intervals);
        var classes = new TreeClasses[shapes.Length];
        var groups = new LeafGroup?[shapes.Length][];
        var trees = new (Subtree[] Subtrees, double[] Bytes)[shapes.Length];
        for (var tree = 0; tree < shapes.Length; tree++)
        {
            progress(0.2 * tree / shapes.Length);
            var shape = shapes[tree];
            var treeClasses = classes[tree] = new TreeClasses(shape, intervals);
            groups[tree] = Array.ConvertAll(shape.Subtrees, part => LeafGroup.TryCreate(shape.Leaves.AsSpan(part.From..part.To), treeClasses));
            trees[tree] = (shape.Subtrees, Array.ConvertAll(groups[tree], group => group is null ? double.PositiveInfinity
                : isDense ? DenseTables.BytesOf(layout, intervals, group.Rows)
                : SparseTables.BytesOf(layout, group)));
        }

        var besides = isDense ? DenseTables.BytesBesides(layout, intervals) : SparseTables.BytesBesides(classes);
        var chosen = TablePlan.Choose(trees, budget - besides);
        var tabled = new List<ChosenGroup>();
        var computed = new List<ComputedLeaf>();
        for (var tree = 0; tree < shapes.Length; tree++)
        {
            foreach (var number in chosen[tree])
            {
                var part = shapes[tree].Subtrees[number < 0 ? ~number : number];
                if (number < 0)
                {
                    var path = shapes[tree].Leaves[part.From];
                    computed.Add(new ComputedLeaf(path, sources[tree].ForRunTime(path), layout));
                }
                else
                {
                    var leaves = new ArraySegment<LeafPath>(shapes[tree].Leaves, part.From, part.To - part.From);
                    tabled.Add(new ChosenGroup(classes[tree], sources[tree], groups[tree][number]!, leaves));
                }
            }
        }

        Action<double> filling = share => progress(0.2 + (0.8 * share));
        ITermTables tables = isDense
            ? new DenseTables(layout, intervals, tabled, filling)
            : new SparseTables(layout, intervals, tabled, filling);
        var whole = chosen.Count(parts => parts is [0]);
        return new TermTables(tables, [.. computed], new TableChoice(whole, shapes.Length, tabled.Count, computed.Count, tables.Bytes));
    }

    /// <summary>Writes the sums of all terms for the intervals of one feature vector.</summary>
    public void Sum(ReadOnlySpan<ushort> intervals, Span<double> terms)
    {
        _tables.Sum(intervals, terms);
        foreach (var leaf in _computed)
        {
            leaf.AddTo(intervals, terms);
        }
    }
}
