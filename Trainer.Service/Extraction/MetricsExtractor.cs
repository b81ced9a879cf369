using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Extraction;

/// <summary>Reads <c>claw_metrics</c>, DriftMonitor's table, by binary COPY.</summary>
internal sealed class MetricsExtractor(NpgsqlDataSource database, TimeProvider time)
{
    // Cast, as binary COPY carries no types: a column declared otherwise would be misread, not refused.
    private const string FixedColumns =
        """
        request_ts::timestamptz, actual_refill_rate::float8, y_lo::float8, y_hi::float8, coalesce(label_quality, 0)::float8, coalesce(limited, false)::bool,
        coalesce(propensity, 0)::float8, predicted_refill_rate::float8, coalesce(refill_rate, 0)::float8, coalesce(decisions, 0)::float8,
        coalesce(wrongly_throttled, 0)::float8, client_id::text, coalesce(policy, '')::text, coalesce(schema_hash, '')::text
        """;

    /// <summary>Rows with a label in the last <paramref name="history"/>, counted up to <paramref name="maximum"/>.</summary>
    /// <returns>0 where the table does not exist yet.</returns>
    public async Task<int> CountAsync(TimeSpan history, int maximum, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT count(*)::int FROM (
                SELECT 1 FROM claw_metrics WHERE request_ts >= $1 AND actual_refill_rate IS NOT NULL LIMIT $2) AS labelled
            """;
        try
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.AddWithValue(time.GetUtcNow().UtcDateTime - history);
            command.Parameters.AddWithValue(maximum);
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }

    /// <summary>The rows of the last <paramref name="history"/>, oldest first, the newest <paramref name="maximum"/> of them.</summary>
    /// <param name="schema">Whose columns are read, by name.</param>
    /// <param name="history">How far back.</param>
    /// <param name="maximum">Rows at most.</param>
    /// <param name="progress">Told the rows read so far, every few thousand.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    public async Task<MetricsRows> ExtractAsync(
        FeatureSchema schema, TimeSpan history, int maximum, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var rows = new MetricsRows(schema);
        var row = new RawRow(schema.Count);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var reader = await connection.BeginBinaryExportAsync(CopyCommand(schema, time.GetUtcNow() - history, maximum), cancellationToken);
        while (await reader.StartRowAsync(cancellationToken) != -1)
        {
            await ReadRowAsync(reader, row, cancellationToken);
            RowFilter.Add(rows, row);
            if (rows.Seen % 16_384 == 0)
            {
                progress?.Report(rows.Seen);
            }
        }

        return rows;
    }

    // COPY takes no parameters. Feature names are [a-z0-9_] by FeatureSchema's own check; the time is ours.
    private static string CopyCommand(FeatureSchema schema, DateTimeOffset from, int maximum)
    {
        var features = string.Join(", ", schema.Names.Select(name => $"coalesce({name}::float8, 'NaN')"));
        return string.Create(CultureInfo.InvariantCulture,
            $"""
             COPY (SELECT {FixedColumns}, {features} FROM (
                 SELECT * FROM claw_metrics WHERE request_ts >= '{from.UtcDateTime:O}' ORDER BY request_ts DESC, backend DESC, client_id DESC LIMIT {maximum}) AS newest
                 ORDER BY request_ts, backend, client_id) TO STDOUT (FORMAT BINARY)
             """);
    }

    private static async ValueTask ReadRowAsync(NpgsqlBinaryExporter reader, RawRow row, CancellationToken cancellationToken)
    {
        row.Timestamp = (await reader.ReadAsync<DateTime>(NpgsqlDbType.TimestampTz, cancellationToken)).Ticks;
        row.Label = await NullableAsync(reader, cancellationToken);
        row.Low = await NullableAsync(reader, cancellationToken);
        row.High = await NullableAsync(reader, cancellationToken);
        row.Quality = await DoubleAsync(reader, cancellationToken);
        row.Limited = await reader.ReadAsync<bool>(NpgsqlDbType.Boolean, cancellationToken);
        row.Propensity = await DoubleAsync(reader, cancellationToken);
        row.Prediction = await NullableAsync(reader, cancellationToken);
        row.RefillRate = await DoubleAsync(reader, cancellationToken);
        row.Decisions = await DoubleAsync(reader, cancellationToken);
        row.WronglyThrottled = await DoubleAsync(reader, cancellationToken);
        row.Client = await reader.ReadAsync<string>(NpgsqlDbType.Text, cancellationToken);
        row.Policy = await reader.ReadAsync<string>(NpgsqlDbType.Text, cancellationToken);
        row.SchemaHash = await reader.ReadAsync<string>(NpgsqlDbType.Text, cancellationToken);
        for (var feature = 0; feature < row.Features.Length; feature++)
        {
            row.Features[feature] = await DoubleAsync(reader, cancellationToken);
        }
    }

    private static ValueTask<double> DoubleAsync(NpgsqlBinaryExporter reader, CancellationToken cancellationToken) =>
        reader.ReadAsync<double>(NpgsqlDbType.Double, cancellationToken);

    private static async ValueTask<double?> NullableAsync(NpgsqlBinaryExporter reader, CancellationToken cancellationToken)
    {
        if (!reader.IsNull)
        {
            return await DoubleAsync(reader, cancellationToken);
        }

        await reader.SkipAsync(cancellationToken);
        return null;
    }
}
