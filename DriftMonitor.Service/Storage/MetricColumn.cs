using Npgsql;

namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>A column of a table that many rows are written to at once, as one array per column.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="SqlType">Type of its values on the way in.</param>
/// <param name="Expression">What is stored, in terms of <paramref name="Name"/>: the value itself, or a cast of it.</param>
internal abstract record MetricColumn<TRow>(string Name, string SqlType, string Expression)
{
    /// <summary>The column's values of all rows.</summary>
    public abstract NpgsqlParameter ValuesOf(IReadOnlyList<TRow> rows);

    /// <summary>A column by how it is read from a row.</summary>
    public static MetricColumn<TRow> Of<TValue>(string name, string sqlType, Func<TRow, TValue> read, string? expression = null) =>
        new Typed<TValue>(name, sqlType, expression ?? name, read);

    /// <summary>The statement that inserts rows given as one array per column; a row whose key is there is left alone.</summary>
    public static string InsertInto(string table, IReadOnlyList<MetricColumn<TRow>> columns)
    {
        var names = string.Join(", ", columns.Select(c => c.Name));
        var arrays = string.Join(", ", columns.Select((c, i) => $"${i + 1}::{c.SqlType}[]"));
        var stored = string.Join(", ", columns.Select(c => c.Expression));
        return $"INSERT INTO {table} ({names}) SELECT {stored} FROM unnest({arrays}) AS row ({names}) ON CONFLICT DO NOTHING";
    }

    private sealed record Typed<TValue>(string Name, string SqlType, string Expression, Func<TRow, TValue> Read)
        : MetricColumn<TRow>(Name, SqlType, Expression)
    {
        public override NpgsqlParameter ValuesOf(IReadOnlyList<TRow> rows)
        {
            var values = new TValue[rows.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Read(rows[i]);
            }

            return new NpgsqlParameter<TValue[]> { TypedValue = values };
        }
    }
}
