using Npgsql;
using NpgsqlTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Tests;

/// <summary>Table <c>claw_metrics</c> with the columns that its owner, DriftMonitor, gives it.</summary>
internal static class ClawMetrics
{
    private const string Table =
        """
        CREATE TABLE claw_metrics (
            request_ts timestamptz NOT NULL, request_volume double precision NOT NULL, avg_latency double precision NOT NULL,
            client_risk double precision NOT NULL, hour_of_day integer NOT NULL, actual_refill_rate double precision,
            request_size double precision NOT NULL, ip_reputation double precision NOT NULL, client_id text NOT NULL, policy text NOT NULL,
            backend text NOT NULL, decisions bigint NOT NULL, denied bigint NOT NULL, wrongly_throttled double precision, over_admitted double precision,
            predicted_refill_rate double precision, refill_rate double precision, y_lo double precision, y_hi double precision,
            label_quality double precision, limited boolean, probes bigint, probes_ok bigint, propensity double precision, arm text,
            model_version text, schema_hash text NOT NULL, PRIMARY KEY (request_ts, backend, client_id))
        """;

    /// <summary>The table with two thousand rows of the last 200 s: enough for a model.</summary>
    public static async Task FillAsync(NpgsqlDataSource database)
    {
        await CreateAsync(database);
        await InsertAsync(database, new Traffic { Start = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(200) }.Rows(2_000));
    }

    public static async Task CreateAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(Table);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task InsertAsync(NpgsqlDataSource database, IEnumerable<RawRow> rows)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var writer = await connection.BeginBinaryImportAsync(
            """
            COPY claw_metrics (request_ts, request_volume, avg_latency, client_risk, hour_of_day, actual_refill_rate, request_size, ip_reputation, client_id,
                policy, backend, decisions, denied, wrongly_throttled, predicted_refill_rate, refill_rate, y_lo, y_hi, label_quality, limited, schema_hash)
            FROM STDIN (FORMAT BINARY)
            """);
        foreach (var row in rows)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(new DateTime(row.Timestamp, DateTimeKind.Utc), NpgsqlDbType.TimestampTz);
            await writer.WriteAsync(row.Features[FeatureSchema.RequestVolume], NpgsqlDbType.Double);
            await writer.WriteAsync(row.Features[FeatureSchema.AverageLatency], NpgsqlDbType.Double);
            await writer.WriteAsync(row.Features[FeatureSchema.ClientRisk], NpgsqlDbType.Double);
            await writer.WriteAsync((int)row.Features[FeatureSchema.HourOfDay], NpgsqlDbType.Integer);
            await WriteAsync(writer, row.Label);
            await writer.WriteAsync(row.Features[FeatureSchema.RequestSize], NpgsqlDbType.Double);
            await writer.WriteAsync(row.Features[FeatureSchema.IpReputation], NpgsqlDbType.Double);
            await writer.WriteAsync(row.Client, NpgsqlDbType.Text);
            await writer.WriteAsync(row.Policy, NpgsqlDbType.Text);
            await writer.WriteAsync("origin", NpgsqlDbType.Text);
            await writer.WriteAsync((long)row.Decisions, NpgsqlDbType.Bigint);
            await writer.WriteAsync(0L, NpgsqlDbType.Bigint);
            await writer.WriteAsync(row.WronglyThrottled, NpgsqlDbType.Double);
            await WriteAsync(writer, row.Prediction);
            await writer.WriteAsync(row.RefillRate, NpgsqlDbType.Double);
            await WriteAsync(writer, row.Low);
            await WriteAsync(writer, row.High);
            await writer.WriteAsync(row.Quality, NpgsqlDbType.Double);
            await writer.WriteAsync(row.Limited, NpgsqlDbType.Boolean);
            await writer.WriteAsync(row.SchemaHash, NpgsqlDbType.Text);
        }

        await writer.CompleteAsync();
    }

    private static Task WriteAsync(NpgsqlBinaryImporter writer, double? value) =>
        value is { } number ? writer.WriteAsync(number, NpgsqlDbType.Double) : writer.WriteNullAsync();
}
