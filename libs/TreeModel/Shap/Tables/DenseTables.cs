using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Memory;

namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>Tables for models with few features: a row holds all terms, so adding it is one vector addition for eight terms.</summary>
/// <remarks>
/// The row number in every group is a sum over the features of an offset that depends on the interval alone. The offsets of one
/// interval lie side by side, 16 bits a group, so 32 groups are added up at once. Groups are added in four fixed turns.
/// </remarks>
internal sealed unsafe class DenseTables : ITermTables
{
    // Offsets beyond this do not stay in the inner caches, and a sparse layout is better.
    private const int IntervalsMax = 4096;
    private const int GroupsPerVector = 32;
    private const int ChunkGroups = 1024;
    private const int LanesPerVector = 8;

    private readonly int[] _offsetStarts;
    private readonly AlignedArray<ushort> _offsets;
    private readonly long[] _tableStarts;
    private readonly TableMemory _memory;
    private readonly int _stride;
    private readonly int _width;

    /// <summary>Fills the tables.</summary>
    public DenseTables(TermLayout layout, IntervalMap intervals, IReadOnlyList<ChosenGroup> groups, Action<double> progress)
    {
        _width = layout.DenseWidth;
        _stride = (groups.Count + GroupsPerVector - 1) / GroupsPerVector * GroupsPerVector;
        _offsetStarts = OffsetStarts(intervals, _stride, out var offsets);
        _offsets = new AlignedArray<ushort>(offsets);
        _tableStarts = new long[_stride];

        // Groups that only fill up the last vector look into a first row of zeros.
        var rows = 1L;
        for (var g = 0; g < groups.Count; g++)
        {
            _tableStarts[g] = rows * _width;
            rows += groups[g].Group.Rows;
        }

        _memory = new TableMemory(rows * _width);
        var terms = Enumerable.Range(0, layout.Terms).ToArray();
        for (var g = 0; g < groups.Count; g++)
        {
            var (classes, source, group, leaves) = groups[g];
            WriteOffsets(g, classes, group);
            new TableFiller(layout, classes, source).Fill(group, leaves, terms, _width, _memory.Start + _tableStarts[g]);
            progress((g + 1.0) / groups.Count);
        }
    }

    /// <inheritdoc/>
    public long Bytes => _memory.Bytes + ((long)_offsets.Length * sizeof(ushort)) + ((long)_tableStarts.Length * sizeof(long));

    /// <summary>Whether this layout suits a model.</summary>
    public static bool Suits(TermLayout layout, IntervalMap intervals) => layout.IsDense && IntervalsOf(intervals) <= IntervalsMax;

    /// <summary>Bytes that a group of so many rows takes.</summary>
    public static double BytesOf(TermLayout layout, IntervalMap intervals, int rows) =>
        ((double)rows * layout.DenseWidth * sizeof(double)) + (IntervalsOf(intervals) * sizeof(ushort)) + sizeof(long);

    /// <summary>Bytes that are taken besides: the row of zeros, and groups that only fill up the last vector.</summary>
    public static double BytesBesides(TermLayout layout, IntervalMap intervals) =>
        (layout.DenseWidth * sizeof(double)) + ((GroupsPerVector - 1) * ((IntervalsOf(intervals) * sizeof(ushort)) + sizeof(long)));

    /// <inheritdoc/>
    public void Sum(ReadOnlySpan<ushort> intervals, Span<double> terms)
    {
        Span<ushort> buffer = stackalloc ushort[Math.Min(_stride, ChunkGroups) + GroupsPerVector];
        var rows = AlignedArray<ushort>.Align(buffer);
        Span<double> sums = stackalloc double[4 * _width];
        sums.Clear();
        for (var first = 0; first < _stride; first += ChunkGroups)
        {
            var chunk = rows[..Math.Min(ChunkGroups, _stride - first)];
            FindRows(intervals, first, chunk);
            if (_width == LanesPerVector)
            {
                AddNarrow(first, chunk, sums);
            }
            else
            {
                AddWide(first, chunk, sums);
            }
        }

        for (var term = 0; term < terms.Length; term++)
        {
            terms[term] = (sums[term] + sums[(2 * _width) + term]) + (sums[_width + term] + sums[(3 * _width) + term]);
        }

        GC.KeepAlive(this);   // The memory is freed with its last user.
    }

    private static long IntervalsOf(IntervalMap intervals)
    {
        long count = 0;
        for (var feature = 0; feature < intervals.FeatureCount; feature++)
        {
            count += intervals[feature].Count;
        }

        return count;
    }

    private static int[] OffsetStarts(IntervalMap intervals, int stride, out int length)
    {
        var starts = new int[intervals.FeatureCount];
        length = 0;
        for (var feature = 0; feature < starts.Length; feature++)
        {
            starts[feature] = length;
            length = checked(length + (intervals[feature].Count * stride));
        }

        return starts;
    }

    private void WriteOffsets(int g, TreeClasses classes, LeafGroup group)
    {
        for (var k = 0; k < group.FeatureIndexes.Length; k++)
        {
            var f = group.FeatureIndexes[k];
            var classOfInterval = classes.ClassesOf(f);
            for (var interval = 0; interval < classOfInterval.Length; interval++)
            {
                var row = group.Partitions[k].Classes[classOfInterval[interval]] * group.Strides[k];
                _offsets.Span[_offsetStarts[classes.Features[f]] + (interval * _stride) + g] = (ushort)row;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void FindRows(ReadOnlySpan<ushort> intervals, int first, Span<ushort> rows)
    {
        ref var offsets = ref _offsets.First;
        ref var found = ref MemoryMarshal.GetReference(rows);
        Span<int> starts = stackalloc int[intervals.Length];
        for (var feature = 0; feature < starts.Length; feature++)
        {
            starts[feature] = _offsetStarts[feature] + (intervals[feature] * _stride) + first;
        }

        for (var at = 0; at < rows.Length; at += GroupsPerVector)
        {
            var sum = Vector512.LoadUnsafe(ref offsets, (nuint)(starts[0] + at));
            for (var feature = 1; feature < starts.Length; feature++)
            {
                sum += Vector512.LoadUnsafe(ref offsets, (nuint)(starts[feature] + at));
            }

            sum.StoreUnsafe(ref found, (nuint)at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddNarrow(int first, ReadOnlySpan<ushort> rows, Span<double> sums)
    {
        fixed (double* sum = sums)
        fixed (ushort* row = rows)
        fixed (long* start = &_tableStarts[first])
        {
            var table = _memory.Start;
            var sum0 = Vector512.Load(sum);
            var sum1 = Vector512.Load(sum + 8);
            var sum2 = Vector512.Load(sum + 16);
            var sum3 = Vector512.Load(sum + 24);
            for (var g = 0; g < rows.Length; g += 4)
            {
                sum0 += Vector512.Load(table + start[g] + ((nuint)row[g] * LanesPerVector));
                sum1 += Vector512.Load(table + start[g + 1] + ((nuint)row[g + 1] * LanesPerVector));
                sum2 += Vector512.Load(table + start[g + 2] + ((nuint)row[g + 2] * LanesPerVector));
                sum3 += Vector512.Load(table + start[g + 3] + ((nuint)row[g + 3] * LanesPerVector));
            }

            sum0.Store(sum);
            sum1.Store(sum + 8);
            sum2.Store(sum + 16);
            sum3.Store(sum + 24);
        }
    }

    private void AddWide(int first, ReadOnlySpan<ushort> rows, Span<double> sums)
    {
        fixed (double* sum = sums)
        {
            for (var g = 0; g < rows.Length; g++)
            {
                var from = _memory.Start + _tableStarts[first + g] + ((long)rows[g] * _width);
                var to = sum + ((g & 3) * _width);
                for (var at = 0; at < _width; at += LanesPerVector)
                {
                    (Vector512.Load(to + at) + Vector512.Load(from + at)).Store(to + at);
                }
            }
        }
    }
}
