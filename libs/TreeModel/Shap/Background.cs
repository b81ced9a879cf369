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
                columns[feature][row] = intervals.Locate(feature, rowsRowMajor[(row * width) + feature]);
            }
        }

        return new Background(columns, count);
    }

    /// <summary>Marks the rows that pass a condition, a bit a row.</summary>
    public ulong[] Passing(in PathCondition condition)
    {
        var column = _columns[condition.Feature];
        var allowed = new byte[condition.Allowed.Count];
        for (var interval = 0; interval < allowed.Length; interval++)
        {
            allowed[interval] = condition.Allowed.Contains(interval) ? (byte)1 : (byte)0;
        }

        var bits = new ulong[Words];
        for (var word = 0; word < bits.Length; word++)
        {
            // The bits of a word are gathered in a register.
            ulong gathered = 0;
            var rows = column.AsSpan(word * 64, Math.Min(64, column.Length - (word * 64)));
            for (var row = rows.Length - 1; row >= 0; row--)
            {
                gathered = (gathered << 1) | allowed[rows[row]];
            }

            bits[word] = gathered;
        }

        return bits;
    }
}
