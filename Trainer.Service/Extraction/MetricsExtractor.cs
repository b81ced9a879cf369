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
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var reader = await connection.BeginBinaryExportAsync(CopyCommand(schema, time.GetUtcNow() - history, maximum), cancellationToken);

        // Without waiting for each of twenty million values by itself, which takes longer than to read them.
        await using var stop = cancellationToken.Register(static copy => ((NpgsqlBinaryExporter)copy!).Cancel(), reader);
        try
        {
            return await Task.Factory.StartNew(
                () => Read(reader, schema, progress, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresErrorCodes.QueryCanceled && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The copy was stopped.", fault, cancellationToken);
        }
    }

    private static MetricsRows Read(NpgsqlBinaryExporter reader, FeatureSchema schema, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var rows = new MetricsRows(schema);
        var row = new RawRow(schema.Count);
        while (reader.StartRow() != -1)
        {
            ReadRow(reader, row);
            RowFilter.Add(rows, row);
            if (rows.Seen % 16_384 == 0)
            {
                progress?.Report(rows.Seen);
                cancellationToken.ThrowIfCancellationRequested();   // What has come by now could be read to its end.
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

    private static void ReadRow(NpgsqlBinaryExporter reader, RawRow row)
    {
        row.Timestamp = reader.Read<DateTime>(NpgsqlDbType.TimestampTz).Ticks;
        row.Label = Nullable(reader);
        row.Low = Nullable(reader);
        row.High = Nullable(reader);
        row.Quality = Double(reader);
        row.Limited = reader.Read<bool>(NpgsqlDbType.Boolean);
        row.Propensity = Double(reader);
        row.Prediction = Nullable(reader);
        row.RefillRate = Double(reader);
        row.Decisions = Double(reader);
        row.WronglyThrottled = Double(reader);
        row.Client = reader.Read<string>(NpgsqlDbType.Text);
        row.Policy = reader.Read<string>(NpgsqlDbType.Text);
        row.SchemaHash = reader.Read<string>(NpgsqlDbType.Text);
        for (var feature = 0; feature < row.Features.Length; feature++)
        {
            row.Features[feature] = Double(reader);
        }
    }

    private static double Double(NpgsqlBinaryExporter reader) => reader.Read<double>(NpgsqlDbType.Double);

    private static double? Nullable(NpgsqlBinaryExporter reader)
    {
        if (!reader.IsNull)
        {
            return Double(reader);
        }

        reader.Skip();
        return null;
    }
}
