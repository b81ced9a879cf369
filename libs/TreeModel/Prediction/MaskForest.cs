using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
internal sealed unsafe class MaskForest<TMask>
    where TMask : unmanaged, IBinaryInteger<TMask>
{
    // Rows are taken so many at a time; the first one fills up the last turn, as a & a = a.
    private const int RowsPerTurn = 3;

    // Rows of models with more features are kept on the heap instead of the stack.
    private const int StackRowsMax = 256;

    // The leaves of 512 or 256 trees are found before any is looked up, so that many masks are on their way from memory at once.
    private const int BlockBytes = 2048;

    private readonly int[] _features;
    private readonly int[] _rowStarts;
    private readonly int _rowsCount;
    private readonly AlignedArray<TMask> _masks;
    private readonly AlignedArray<double> _leafValues;
    private readonly int[] _leafNumbers;
    private readonly int[] _trees;
    private readonly int _stride;

    // Rows are whole vectors of 64 bytes, and so whole turns of the lanes.
    private static int TreesPerVector => Vector512<byte>.Count / sizeof(TMask);

    private static int TreesPerBlock => BlockBytes / sizeof(TMask);

    private static int LeavesMax => sizeof(TMask) * 8;

    /// <summary>Compiles the given trees of a model.</summary>
    /// <param name="ensemble">The model.</param>
    /// <param name="intervals">Its intervals.</param>
    /// <param name="trees">Numbers of the trees to take.</param>
    public MaskForest(TreeEnsemble ensemble, IntervalMap intervals, int[] trees)
    {
        _trees = trees;
        _stride = (trees.Length + TreesPerVector - 1) / TreesPerVector * TreesPerVector;
        _features = [.. trees.SelectMany(tree => ensemble.Trees[tree].SplitFeature).Distinct().Order()];
        _rowStarts = new int[_features.Length];
        _rowsCount = (_features.Length + RowsPerTurn - 1) / RowsPerTurn * RowsPerTurn;
        var rows = 0;
        for (var i = 0; i < _features.Length; i++)
        {
            _rowStarts[i] = rows * _stride;
            rows += intervals[_features[i]].Count;
        }

        _masks = new AlignedArray<TMask>(checked(rows * _stride));
        _masks.Span.Fill(TMask.AllBitsSet);
        _leafValues = new AlignedArray<double>(_stride * LeavesMax);
        _leafNumbers = new int[_stride * LeavesMax];
        for (var position = 0; position < trees.Length; position++)
        {
            Compile(ensemble.Trees[trees[position]], position, intervals);
        }
    }

    /// <summary>Whether a tree fits.</summary>
    public static bool Fits(Tree tree) => tree.LeafCount <= LeavesMax;

    /// <summary>Bytes that the tables take.</summary>
    public long Bytes => ((long)_masks.Length * sizeof(TMask)) + ((long)_leafValues.Length * (sizeof(double) + sizeof(int)));

    /// <summary>Adds the leaf values of one row to the lanes, tree by tree.</summary>
    public void AddValues(ReadOnlySpan<ushort> intervals, ref Lanes lanes)
    {
        if (Avx512CD.VL.IsSupported)
        {
            AddGathered(intervals, ref lanes);
        }
        else
        {
            AddOneByOne(intervals, ref lanes);
        }
    }

    /// <summary>Adds leaf values with wide vectors: eight leaves are numbered at once and looked up four at a time.</summary>
    public void AddGathered(ReadOnlySpan<ushort> intervals, ref Lanes lanes)
    {
        Span<nuint> rowBuffer = stackalloc nuint[StackRowsMax];
        Span<byte> blockBuffer = stackalloc byte[BlockBytes + AlignedArray<byte>.LineBytes];
        var rows = RowsOf(intervals, rowBuffer);
        var block = AlignedArray<byte>.Align(blockBuffer)[..BlockBytes];
        var low = Vector256.LoadUnsafe(ref lanes.Lane0);
        var high = Vector256.LoadUnsafe(ref lanes.Lane4);
        for (var begin = 0; begin < _stride; begin += TreesPerBlock)
        {
            var leaves = FindLeaves(rows, begin, block);
            var values = _leafValues.Start + (begin * LeavesMax);
            for (nuint at = 0; at < (nuint)leaves.Length; at += Lanes.Count, values += Lanes.Count * LeavesMax)
            {
                ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(leaves), at);
                if (typeof(TMask) == typeof(uint))
                {
                    var slots = Avx512CD.VL.LeadingZeroCount(Vector256.LoadUnsafe(ref first).AsInt32()) + (Vector256<int>.Indices * LeavesMax);
                    low += Avx2.GatherVector256(values, slots.GetLower(), sizeof(double));
                    high += Avx2.GatherVector256(values, slots.GetUpper(), sizeof(double));
                }
                else
                {
                    var slots = Avx512CD.LeadingZeroCount(Vector512.LoadUnsafe(ref first).AsInt64()) + (Vector512<long>.Indices * LeavesMax);
                    low += Avx2.GatherVector256(values, slots.GetLower(), sizeof(double));
                    high += Avx2.GatherVector256(values, slots.GetUpper(), sizeof(double));
                }
            }
        }

        low.StoreUnsafe(ref lanes.Lane0);
        high.StoreUnsafe(ref lanes.Lane4);
        GC.KeepAlive(this);
    }

    /// <summary>Adds leaf values with what every processor has.</summary>
    public void AddOneByOne(ReadOnlySpan<ushort> intervals, ref Lanes lanes)
    {
        Span<nuint> rowBuffer = stackalloc nuint[StackRowsMax];
        Span<byte> blockBuffer = stackalloc byte[BlockBytes + AlignedArray<byte>.LineBytes];
        var rows = RowsOf(intervals, rowBuffer);
        var block = AlignedArray<byte>.Align(blockBuffer)[..BlockBytes];
        var (lane0, lane1, lane2, lane3) = (lanes.Lane0, lanes.Lane1, lanes.Lane2, lanes.Lane3);
        var (lane4, lane5, lane6, lane7) = (lanes.Lane4, lanes.Lane5, lanes.Lane6, lanes.Lane7);
        for (var begin = 0; begin < _stride; begin += TreesPerBlock)
        {
            var leaves = FindLeaves(rows, begin, block);
            var values = _leafValues.Start + (begin * LeavesMax);
            for (nuint at = 0; at < (nuint)leaves.Length; at += Lanes.Count, values += Lanes.Count * LeavesMax)
            {
                ref var first = ref Unsafe.Add(ref MemoryMarshal.GetReference(leaves), at);
                lane0 += values[(0 * LeavesMax) + Slot(first)];
                lane1 += values[(1 * LeavesMax) + Slot(Unsafe.Add(ref first, 1))];
                lane2 += values[(2 * LeavesMax) + Slot(Unsafe.Add(ref first, 2))];
                lane3 += values[(3 * LeavesMax) + Slot(Unsafe.Add(ref first, 3))];
                lane4 += values[(4 * LeavesMax) + Slot(Unsafe.Add(ref first, 4))];
                lane5 += values[(5 * LeavesMax) + Slot(Unsafe.Add(ref first, 5))];
                lane6 += values[(6 * LeavesMax) + Slot(Unsafe.Add(ref first, 6))];
                lane7 += values[(7 * LeavesMax) + Slot(Unsafe.Add(ref first, 7))];
            }
        }

        (lanes.Lane0, lanes.Lane1, lanes.Lane2, lanes.Lane3) = (lane0, lane1, lane2, lane3);
        (lanes.Lane4, lanes.Lane5, lanes.Lane6, lanes.Lane7) = (lane4, lane5, lane6, lane7);
        GC.KeepAlive(this);
    }

    /// <summary>Writes the leaf numbers of one row, as the model has them.</summary>
    public void WriteNumbers(ReadOnlySpan<ushort> intervals, Span<int> numbersByTree)
    {
        Span<nuint> rowBuffer = stackalloc nuint[StackRowsMax];
        Span<byte> block = stackalloc byte[BlockBytes];
        var rows = RowsOf(intervals, rowBuffer);
        for (var begin = 0; begin < _trees.Length; begin += TreesPerBlock)
        {
            var leaves = FindLeaves(rows, begin, block);
            for (var i = 0; i < Math.Min(leaves.Length, _trees.Length - begin); i++)
            {
                numbersByTree[_trees[begin + i]] = _leafNumbers[((begin + i) * LeavesMax) + Slot(leaves[i])];
            }
        }

        GC.KeepAlive(this);
    }

    // Where the masks of each feature's interval begin, in bytes from the first mask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<nuint> RowsOf(ReadOnlySpan<ushort> intervals, Span<nuint> buffer)
    {
        var rows = _rowsCount <= buffer.Length ? buffer[.._rowsCount] : new nuint[_rowsCount];
        var (features, rowStarts) = (_features, _rowStarts);
        for (var i = 0; i < features.Length; i++)
        {
            rows[i] = (nuint)(uint)(rowStarts[i] + (intervals[features[i]] * _stride)) * (nuint)sizeof(TMask);
        }

        for (var i = features.Length; i < rows.Length; i++)
        {
            rows[i] = rows[0];
        }

        return rows;
    }

    // The leaves of a block of trees, as masks with one bit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<TMask> FindLeaves(ReadOnlySpan<nuint> rows, int begin, Span<byte> block)
    {
        var leaves = MemoryMarshal.Cast<byte, TMask>(block)[..Math.Min(TreesPerBlock, _stride - begin)];
        ref var firstRow = ref MemoryMarshal.GetReference(rows);
        ref var found = ref MemoryMarshal.GetReference(block);
        var masks = (byte*)(_masks.Start + begin);
        var end = (nuint)leaves.Length * (nuint)sizeof(TMask);
        for (nuint at = 0; at < end; at += (nuint)Vector512<byte>.Count)
        {
            var column = masks + at;
            var both = Vector512<byte>.AllBitsSet;
            for (nuint row = 0; row < (nuint)rows.Length; row += RowsPerTurn)
            {
                ref var three = ref Unsafe.Add(ref firstRow, row);
                both &= Vector512.Load(column + three)
                    & Vector512.Load(column + Unsafe.Add(ref three, 1))
                    & Vector512.Load(column + Unsafe.Add(ref three, 2));
            }

            both.StoreUnsafe(ref found, at);
        }

        return leaves;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Slot(TMask leaf) => typeof(TMask) == typeof(uint)
        ? BitOperations.LeadingZeroCount(uint.CreateTruncating(leaf))
        : BitOperations.LeadingZeroCount(ulong.CreateTruncating(leaf));

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
                _leafValues.Span[(position * LeavesMax) + slots] = tree.LeafValue[~node];
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
