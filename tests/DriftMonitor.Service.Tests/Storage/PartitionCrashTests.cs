using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Tests.Windows;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using static RateLimitSuite.DriftMonitor.Tests.Storage.RecordedLog;

namespace RateLimitSuite.DriftMonitor.Tests.Storage;

/// <summary>A partition's consumer that dies anywhere and is started again must write what one that never died writes.</summary>
public class PartitionCrashTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Log = "log-1";

    [Fact]
    public async Task Write_NeverKilled_WritesEveryWindowOnce()
    {
        var rows = await RunAsync((_, _) => false, (_, _) => false);

        Assert.NotEmpty(rows);
        Assert.Equal(rows.Count, rows.Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Write_KilledBeforeACommit_LosesAndDoublesNothing(int every)
    {
        var expected = await RunAsync((_, _) => false, (_, _) => false);

        // With 1 it dies before each record's commit once, and gets through at the second try.
        var actual = await RunAsync((record, attempt) => record % every == 0 && attempt == 0, (_, _) => false);

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task Write_KilledAfterACommit_LosesAndDoublesNothing(int every)
    {
        var expected = await RunAsync((_, _) => false, (_, _) => false);

        Assert.Equal(expected, await RunAsync((_, _) => false, (record, attempt) => record % every == 0 && attempt == 0));
    }

    [Fact]
    public async Task Write_CheckpointRefused_LeavesNoRows()
    {
        await using var database = await NewDatabaseAsync();
        await ExecuteAsync(database,
            """
            CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'killed here'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER refuse BEFORE INSERT ON drift_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse();
            """);
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        var reader = new PartitionReader(0, Log, null, Traffic.Options);
        foreach (var (topic, offset, value) in Batches())
        {
            Feed(reader, topic, offset, value);
        }

        Assert.Throws<PostgresException>(() => reader.Write(store));

        Assert.True(reader.Unwritten > 0);   // kept for the next try
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM claw_metrics"));
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM drift_windows"));
    }

    [Fact]
    public async Task Write_AnotherTookOver_WritesNothing()
    {
        await using var database = await NewDatabaseAsync();
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        var slow = new PartitionReader(0, Log, null, Traffic.Options);
        var taker = new PartitionReader(0, Log, null, Traffic.Options);
        foreach (var (topic, offset, value) in Batches())
        {
            Feed(slow, topic, offset, value);
        }

        taker.Passed(Topics.Decisions, 0);
        taker.Write(store);

        Assert.Throws<PartitionLostException>(() => slow.Write(store));
        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM claw_metrics"));
    }

    [Fact]
    public async Task Read_AnotherLog_BeginsAtItsBeginningAndKeepsTheWindows()
    {
        await using var database = await NewDatabaseAsync();
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        var reader = new PartitionReader(0, Log, null, Traffic.Options);
        var (topic, offset, value) = Batches()[0];
        Feed(reader, topic, offset, value);
        reader.Write(store);

        var next = new PartitionReader(0, "log-2", store.Load(0), Traffic.Options);

        Assert.Equal(0, next.StartOf(Topics.Decisions));
        Assert.Single(next.Windows.Backends);
        Assert.Equal(1, new PartitionReader(0, Log, store.Load(0), Traffic.Options).StartOf(Topics.Decisions));
    }

    // Runs all records through consumers that die where they are told to; a dead one's successor has only what was committed.
    private async Task<List<string>> RunAsync(Func<int, int, bool> diesBefore, Func<int, int, bool> diesAfter)
    {
        await using var database = await NewDatabaseAsync();
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        var records = Batches();
        var attempts = new Dictionary<(int, bool), int>();
        bool Dies(int record, bool before)
        {
            var attempt = attempts.GetValueOrDefault((record, before));
            attempts[(record, before)] = attempt + 1;
            return (before ? diesBefore : diesAfter)(record, attempt);
        }

        for (var done = false; !done;)
        {
            done = Consume(store, records, Dies);
        }

        return await ReadRowsAsync(database);
    }

    // One consumer's life; true: it came to the end.
    private static bool Consume(MetricsStore store, List<(string Topic, long Offset, byte[] Value)> records, Func<int, bool, bool> dies)
    {
        var reader = new PartitionReader(0, Log, store.Load(0), Traffic.Options);
        for (var i = 0; i < records.Count; i++)
        {
            var (topic, offset, value) = records[i];
            if (offset < reader.StartOf(topic))
            {
                continue;   // Kafka hands out what comes after the committed offset.
            }

            Feed(reader, topic, offset, value);
            if (dies(i, true))
            {
                return false;
            }

            reader.Write(store);
            if (dies(i, false))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<NpgsqlDataSource> NewDatabaseAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(database, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        return database;
    }

    private static async Task<object?> ScalarAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
