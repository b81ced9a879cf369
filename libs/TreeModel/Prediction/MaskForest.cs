using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Memory;

namespace RateLimitSuite.TreeModel.Prediction;

/// <summary>Trees of at most 32 or 64 leaves, evaluated without walking them.</summary>
/// <remarks>
/// For each interval of a feature and each tree there is a mask of the leaves that are still possible; the masks of all features,
/// combined by AND, leave exactly one: two leaves part at some split, and that split removes one of them. This is QuickScorer
/// [Lucchese et al. 2015] with the comparisons done beforehand. The order of additions is fixed (<see cref="Lanes"/>), so any
/// vector width gives the same bits.
/// </remarks>
/// <typeparam name="TMask">uint or ulong: a bit a leaf, the first leaf the highest.</typeparam>
internal sealed class MaskForest<TMask>
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    // Rows are pairs of whole vectors of 64 bytes, and so whole turns of the lanes.
    private static readonly int TreesPerVector = 64 / Unsafe.SizeOf<TMask>();
    private static readonly int TreesPerStep = 2 * TreesPerVector;
    private static readonly int LeavesMax = Unsafe.SizeOf<TMask>() * 8;

    private readonly int[] _features;
    private readonly int[] _rowStarts;
    private readonly AlignedArray<TMask> _masks;
    private readonly double[] _leafValues;
    private readonly int[] _leafNumbers;
    private readonly int[] _trees;
    private readonly int _stride;

    /// <summary>Compiles the given trees of a model.</summary>
    /// <param name="ensemble">The model.</param>
    /// <param name="intervals">Its intervals.</param>
    /// <param name="trees">Numbers of the trees to take.</param>
    public MaskForest(TreeEnsemble ensemble, IntervalMap intervals, int[] trees)
    {
        _trees = trees;
        _stride = (trees.Length + TreesPerStep - 1) / TreesPerStep * TreesPerStep;
        _features = [.. trees.SelectMany(tree => ensemble.Trees[tree].SplitFeature).Distinct().Order()];
        _rowStarts = new int[_features.Length];
        var rows = 0;
        for (var i = 0; i < _features.Length; i++)
        {
            _rowStarts[i] = rows * _stride;
            rows += intervals[_features[i]].Count;
        }

        _masks = new AlignedArray<TMask>(checked(rows * _stride));
        _masks.Span.Fill(TMask.AllBitsSet);
        _leafValues = new double[_stride * LeavesMax];
        _leafNumbers = new int[_stride * LeavesMax];
        for (var position = 0; position < trees.Length; position++)
        {
            Compile(ensemble.Trees[trees[position]], position, intervals);
        }
    }

    /// <summary>Whether a tree fits.</summary>
    public static bool Fits(Tree tree) => tree.LeafCount <= LeavesMax;

    /// <summary>Bytes that the tables take.</summary>
    public long Bytes => ((long)_masks.Length * Unsafe.SizeOf<TMask>()) + ((long)_leafValues.Length * (sizeof(double) + sizeof(int)));

    /// <summary>Number of masks that <see cref="FindLeaves"/> writes: the trees, rounded up to whole steps.</summary>
    public int Stride => _stride;

    /// <summary>Length of a buffer from which <see cref="AlignedArray{T}.Align"/> cuts one for <see cref="FindLeaves"/>; 0 without trees.</summary>
    public int BufferLength => _stride == 0 ? 0 : _stride + TreesPerVector;

    /// <summary>Finds the leaf of every tree, as a mask with one bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void FindLeaves(ReadOnlySpan<ushort> intervals, Span<TMask> leaves)
    {
        if (_features.Length == 0)
        {
            leaves.Fill(TMask.AllBitsSet);
            return;
        }

        var count = _features.Length;
        ref var features = ref MemoryMarshal.GetArrayDataReference(_features);
        ref var rowStarts = ref MemoryMarshal.GetArrayDataReference(_rowStarts);
        Span<nuint> rowBuffer = stackalloc nuint[count];
        ref var rows = ref MemoryMarshal.GetReference(rowBuffer);
        for (var i = 0; i < count; i++)
        {
            Unsafe.Add(ref rows, i) = (nuint)(Unsafe.Add(ref rowStarts, i) + (intervals[Unsafe.Add(ref features, i)] * _stride));
        }

        ref var masks = ref _masks.First;
        ref var found = ref MemoryMarshal.GetReference(leaves);
        var vector = (nuint)TreesPerVector;
        for (nuint at = 0; at < (nuint)_stride; at += 2 * vector)
        {
            ref var first = ref Unsafe.Add(ref masks, rows + at);
            var low = Vector512.LoadUnsafe(ref first);
            var high = Vector512.LoadUnsafe(ref first, vector);
            for (var i = 1; i < count; i++)
            {
                ref var next = ref Unsafe.Add(ref masks, Unsafe.Add(ref rows, i) + at);
                low &= Vector512.LoadUnsafe(ref next);
                high &= Vector512.LoadUnsafe(ref next, vector);
            }

            low.StoreUnsafe(ref found, at);
            high.StoreUnsafe(ref found, at + vector);
        }
    }

    /// <summary>Adds the leaf values to the lanes, tree by tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddValues(ReadOnlySpan<TMask> leaves, ref Lanes lanes)
    {
        ref var found = ref MemoryMarshal.GetReference(leaves);
        ref var values = ref MemoryMarshal.GetArrayDataReference(_leafValues);
        var width = (nuint)LeavesMax;
        var (lane0, lane1, lane2, lane3) = (lanes.Lane0, lanes.Lane1, lanes.Lane2, lanes.Lane3);
        var (lane4, lane5, lane6, lane7) = (lanes.Lane4, lanes.Lane5, lanes.Lane6, lanes.Lane7);
        for (nuint at = 0; at < (nuint)_stride; at += Lanes.Count)
        {
            ref var first = ref Unsafe.Add(ref values, at * width);
            lane0 += Unsafe.Add(ref first, (0 * width) + Slot(Unsafe.Add(ref found, at + 0)));
            lane1 += Unsafe.Add(ref first, (1 * width) + Slot(Unsafe.Add(ref found, at + 1)));
            lane2 += Unsafe.Add(ref first, (2 * width) + Slot(Unsafe.Add(ref found, at + 2)));
            lane3 += Unsafe.Add(ref first, (3 * width) + Slot(Unsafe.Add(ref found, at + 3)));
            lane4 += Unsafe.Add(ref first, (4 * width) + Slot(Unsafe.Add(ref found, at + 4)));
            lane5 += Unsafe.Add(ref first, (5 * width) + Slot(Unsafe.Add(ref found, at + 5)));
            lane6 += Unsafe.Add(ref first, (6 * width) + Slot(Unsafe.Add(ref found, at + 6)));
            lane7 += Unsafe.Add(ref first, (7 * width) + Slot(Unsafe.Add(ref found, at + 7)));
        }

        (lanes.Lane0, lanes.Lane1, lanes.Lane2, lanes.Lane3) = (lane0, lane1, lane2, lane3);
        (lanes.Lane4, lanes.Lane5, lanes.Lane6, lanes.Lane7) = (lane4, lane5, lane6, lane7);
    }

    /// <summary>Translates masks into the leaf numbers of the model.</summary>
    public void WriteNumbers(ReadOnlySpan<TMask> leaves, Span<int> numbersByTree)
    {
        for (var position = 0; position < _trees.Length; position++)
        {
            numbersByTree[_trees[position]] = _leafNumbers[(position * LeavesMax) + (int)Slot(leaves[position])];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Slot(TMask leaf) => typeof(TMask) == typeof(uint)
        ? (nuint)BitOperations.LeadingZeroCount(uint.CreateTruncating(leaf))
        : (nuint)BitOperations.LeadingZeroCount(ulong.CreateTruncating(leaf));

    private void Compile(Tree tree, int position, IntervalMap intervals)
    {
        var slots = 0;
        var masks = _masks;
        Visit(tree.SplitCount > 0 ? 0 : ~0);

        // Numbers the leaves from left to right; gives back the leaves below a node.
        TMask Visit(int node)
        {
            if (node < 0)
            {
                _leafValues[(position * LeavesMax) + slots] = tree.LeafValue[~node];
                _leafNumbers[(position * LeavesMax) + slots] = ~node;
                return TMask.One << (LeavesMax - 1 - slots++);
            }

            var left = Visit(tree.LeftChild[node]);
            var right = Visit(tree.RightChild[node]);
            var feature = tree.SplitFeature[node];
            var rowStart = _rowStarts[Array.IndexOf(_features, feature)];
            for (var interval = 0; interval < intervals[feature].Count; interval++)
            {
                var goesLeft = tree.GoesLeft(node, intervals[feature].RepresentativeOf(interval));
                masks.Span[rowStart + (interval * _stride) + position] &= ~(goesLeft ? right : left);
            }

            return left | right;
        }
    }
}
