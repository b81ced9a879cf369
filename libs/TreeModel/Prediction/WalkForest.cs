using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Prediction;

/// <summary>Trees with too many leaves for a mask: walked, a bit look-up a split.</summary>
/// <remarks>Each split keeps a bit for each interval of its feature, so missing values and categories cost no branch.</remarks>
internal sealed class WalkForest
{
    private readonly Node[] _nodes;
    private readonly ulong[] _goesLeft;
    private readonly double[] _leafValues;
    private readonly int[] _roots;
    private readonly int[] _leafStarts;
    private readonly int[] _trees;

    /// <summary>Compiles the given trees of a model.</summary>
    public WalkForest(TreeEnsemble ensemble, IntervalMap intervals, int[] trees)
    {
        _trees = trees;
        _roots = new int[trees.Length];
        _leafStarts = new int[trees.Length];
        var nodes = new List<Node>();
        var bits = new List<ulong>();
        var values = new List<double>();
        for (var position = 0; position < trees.Length; position++)
        {
            var tree = ensemble.Trees[trees[position]];
            _roots[position] = nodes.Count;
            _leafStarts[position] = values.Count;
            for (var split = 0; split < tree.SplitCount; split++)
            {
                var feature = tree.SplitFeature[split];
                nodes.Add(new Node(feature, bits.Count, tree.LeftChild[split], tree.RightChild[split]));
                bits.AddRange(IntervalSet.Side(tree, split, left: true, intervals[feature], before: null).Words);
            }

            values.AddRange(tree.LeafValue);
        }

        _nodes = [.. nodes];
        _goesLeft = [.. bits];
        _leafValues = [.. values];
    }

    /// <summary>Bytes that the tables take.</summary>
    public long Bytes => (_nodes.Length * 16L) + ((long)(_goesLeft.Length + _leafValues.Length) * 8);

    /// <summary>Adds the leaf values to the lanes, tree by tree.</summary>
    public void AddValues(ReadOnlySpan<ushort> intervals, ref Lanes lanes)
    {
        for (var position = 0; position < _roots.Length; position++)
        {
            lanes.Add(position, _leafValues[_leafStarts[position] + Walk(position, intervals)]);
        }
    }

    /// <summary>Finds the leaf numbers of the model.</summary>
    public void WriteNumbers(ReadOnlySpan<ushort> intervals, Span<int> numbersByTree)
    {
        for (var position = 0; position < _roots.Length; position++)
        {
            numbersByTree[_trees[position]] = Walk(position, intervals);
        }
    }

    private int Walk(int position, ReadOnlySpan<ushort> intervals)
    {
        var root = _roots[position];
        var child = 0;
        while (child >= 0)
        {
            ref readonly var node = ref _nodes[root + child];
            var interval = intervals[node.Feature];
            child = ((_goesLeft[node.Bits + (interval >> 6)] >> interval) & 1) != 0 ? node.Left : node.Right;
        }

        return ~child;
    }

    private readonly record struct Node(int Feature, int Bits, int Left, int Right);
}
