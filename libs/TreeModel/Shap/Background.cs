using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>The background rows as intervals, a column a feature.</summary>
internal sealed class Background
{
    private readonly ushort[][] _columns;

    private Background(ushort[][] columns, int count)
    {
        _columns = columns;
        Count = count;
        AllRows = new ulong[(count + 63) / 64];
        AllRows.AsSpan().Fill(ulong.MaxValue);
        AllRows[^1] >>= (64 - (count & 63)) & 63;
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Words of a bit a row.</summary>
    public int Words => AllRows.Length;

    /// <summary>A set bit for every row.</summary>
    public ulong[] AllRows { get; }

    /// <summary>Locates the rows of a background.</summary>
    public static Background Of(ReadOnlySpan<double> rowsRowMajor, IntervalMap intervals)
    {
        var width = intervals.FeatureCount;
        if (rowsRowMajor.Length == 0 || rowsRowMajor.Length % width != 0)
        {
            throw new ArgumentException($"{rowsRowMajor.Length} values are not one or more rows of {width}.", nameof(rowsRowMajor));
        }

        var columns = new ushort[width][];
        var count = rowsRowMajor.Length / width;
        for (var feature = 0; feature < width; feature++)
        {
            columns[feature] = new ushort[count];
            for (var row = 0; row < count; row++)
            {
                columns[feature][row] = intervals[feature].IndexOf(rowsRowMajor[(row * width) + feature]);
            }
        }

        return new Background(columns, count);
    }

    /// <summary>Marks the rows that pass a condition, a bit a row.</summary>
    public ulong[] Passing(in PathCondition condition)
    {
        var bits = new ulong[Words];
        var column = _columns[condition.Feature];
        for (var row = 0; row < column.Length; row++)
        {
            bits[row >> 6] |= condition.Allowed.Contains(column[row]) ? 1UL << row : 0;
        }

        return bits;
    }
}
