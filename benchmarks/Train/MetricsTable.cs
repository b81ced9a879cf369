using System.Globalization;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Benchmarks.Train;

/// <summary>A week of <c>claw_metrics</c> in a database of its own, made by the database.</summary>
internal static class MetricsTable
{
    private const int ClientsAtOnce = 17;
    private const int Clients = 2_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Makes the table and fills it.</summary>
    /// <param name="database">An empty database.</param>
    /// <param name="rows">Rows, 17 a window of 10 s: a million are 6.8 days.</param>
    /// <param name="end">The last window's time.</param>
    public static async Task FillAsync(NpgsqlDataSource database, int rows, DateTimeOffset end)
    {
        await SuiteMigrations.RunAsync(database, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        var first = end - (rows / ClientsAtOnce * Window);
        for (var day = first.UtcDateTime.Date; day <= end.UtcDateTime.Date; day = day.AddDays(1))
        {
            await ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture,
                $"CREATE TABLE claw_metrics_{day:yyyyMMdd} PARTITION OF claw_metrics FOR VALUES FROM ('{day:yyyy-MM-dd} 00:00:00+00') TO ('{day.AddDays(1):yyyy-MM-dd} 00:00:00+00')"));
        }

        // Rates as of a limiter that works: more for who asks for more, less for who is risky or waits; known to 2 %, with noise.
        await ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture,
            $"""
             INSERT INTO claw_metrics
             SELECT ts, volume, latency, risk, extract(hour FROM ts AT TIME ZONE 'UTC'), y, size, 1 - risk / 2, 'client-' || client, 'demo', 'shop', ceil(volume * 10)::bigint, 2, 1, 0,
                    NULL, 10, 0.98 * y, 1.02 * y, 0.9, true, 0, 0, 0, 'none', '', '{FeatureSchema.V1.Hash}'
             FROM (SELECT *, (least(900, (5 + 1.5 * volume) * (1 - 0.6 * risk) / (1 + 2 * latency)) * exp(0.2 * (random() - 0.5)))::float4::float8 AS y
                   FROM (SELECT '{first.UtcDateTime:O}'::timestamptz + (i / {ClientsAtOnce}) * interval '{Window.TotalSeconds} seconds' AS ts, (i::bigint * 7919) % {Clients} AS client,
                                (1 + 40 * random() * random())::float4::float8 AS volume, (0.02 + 0.4 * random() * random())::float4::float8 AS latency,
                                (random() * random())::float4::float8 AS risk, floor(exp(6 + 3 * random()))::float8 AS size
                         FROM generate_series(0, {rows - 1}) AS i) AS drawn) AS labelled
             """));
        await ExecuteAsync(database, "ANALYZE claw_metrics");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
