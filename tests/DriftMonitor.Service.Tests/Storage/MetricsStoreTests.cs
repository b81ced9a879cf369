using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Tests.Windows;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using static RateLimitSuite.DriftMonitor.Tests.Windows.Traffic;

namespace RateLimitSuite.DriftMonitor.Tests.Storage;

public class MetricsStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new(Epoch);
    private MetricsStore _store = null!;

    public async Task InitializeAsync()
    {
        await SuiteMigrations.RunAsync(postgres.DataSource, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        _store = new(postgres.DataSource, FeatureSchema.V1, _clock);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task ClawMetrics_Columns_AreTheFixedOnesInTheirOrder()
    {
        Assert.Equal(
            "request_ts,request_volume,avg_latency,client_risk,hour_of_day,actual_refill_rate,request_size,ip_reputation,client_id,policy,backend," +
            "decisions,denied,wrongly_throttled,over_admitted,predicted_refill_rate,refill_rate,y_lo,y_hi,label_quality,limited,probes,probes_ok," +
            "propensity,arm,model_version,schema_hash",
            await ScalarAsync("SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'claw_metrics'"));
    }

    [Fact]
    public async Task Write_Row_HoldsWhatTheModelSaw()
    {
        var reader = new PartitionReader(3, "log", null, Options);
        for (var second = 0; second < 4; second++)
        {
            reader.Windows.Serve(second, "a", 100, prediction: 50);
        }

        reader.Windows.CaughtUp(Us(5));
        reader.Advance();
        reader.Write(_store);

        await using var command = postgres.DataSource.CreateCommand(
            "SELECT request_ts, request_volume, hour_of_day, actual_refill_rate, client_id, backend, decisions, predicted_refill_rate, refill_rate, arm, model_version, schema_hash FROM claw_metrics");
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.Equal(Epoch, row.GetFieldValue<DateTimeOffset>(0));
        Assert.Equal((1.0, 12.0), (row.GetDouble(1), row.GetDouble(2)));
        Assert.Equal(0.97 * 112.5, row.GetDouble(3), 9);
        Assert.Equal(("a", "api", 100L), (row.GetString(4), row.GetString(5), row.GetInt64(6)));
        Assert.Equal((50.0, 7.0), (row.GetDouble(7), row.GetDouble(8)));
        Assert.Equal(("model", "m1", SchemaHash), (row.GetString(9), row.GetString(10), row.GetString(11)));
        Assert.False(await row.ReadAsync());
    }

    [Fact]
    public async Task Maintain_OldDays_AreDroppedAndComingOnesMade()
    {
        _store.Maintain(TimeSpan.FromDays(14));
        _clock.Advance(TimeSpan.FromDays(20));
        new MetricsStore(postgres.DataSource, FeatureSchema.V1, _clock).Maintain(TimeSpan.FromDays(14));

        var days = (string?)await ScalarAsync("SELECT string_agg(inhrelid::regclass::text, ',' ORDER BY 1) FROM pg_inherits WHERE inhparent = 'claw_metrics'::regclass");
        Assert.DoesNotContain("claw_metrics_20260107", days, StringComparison.Ordinal);
        Assert.Contains("claw_metrics_20260127,claw_metrics_20260128,claw_metrics_20260129", days, StringComparison.Ordinal);
    }

    private async Task<object?> ScalarAsync(string sql)
    {
        await using var command = postgres.DataSource.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
