using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Tests.Windows;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using static RateLimitSuite.DriftMonitor.Tests.Storage.RecordedLog;

namespace RateLimitSuite.DriftMonitor.Tests.Storage;

/// <summary>PostgreSQL killed at each step of a commit: the consumer goes on when it is back, and no row is lost or doubled.</summary>
public class KilledDatabaseTests(DurablePostgresFixture postgres) : IClassFixture<DurablePostgresFixture>
{
    private const string Log = "log-1";
    private const int KilledAt = 31;   // of 60 records: with open windows and rows of closed ones written

    [Theory]
    [InlineData("claw_metrics", false)]
    [InlineData("drift_windows", false)]
    [InlineData("drift_checkpoints", false)]
    [InlineData("drift_checkpoints", true)]
    public async Task Write_ServerKilledBeforeTheCommitIsDone_IsWrittenOnceWhenItIsBack(string table, bool atCommit)
    {
        var (database, name) = await NewDatabaseAsync();
        await using var _ = database;
        await RunAsync(database, () => PostgresBarrier.BeforeAsync(postgres.Server, name, table, atCommit), takenOver: false);
    }

    [Fact]
    public async Task Write_ServerKilledAfterTheCommitBeforeItsAnswer_IsNotWrittenTwice()
    {
        var (database, _) = await NewDatabaseAsync();
        await using var __ = database;
        await RunAsync(database, () => PostgresBarrier.AfterCommitAsync(postgres.Server), takenOver: true);
    }

    // The consumer as EventReader drives it: what was not written is tried again; a checkpoint that is further than it knows is read afresh.
    private async Task RunAsync(NpgsqlDataSource database, Func<Task<PostgresBarrier>> hold, bool takenOver)
    {
        var expected = await UninterruptedAsync();
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        store.Maintain(TimeSpan.FromDays(36_500));
        var records = Batches();
        var reader = new PartitionReader(0, Log, null, Traffic.Options);
        var (kills, lost) = (0, 0);
        for (var i = 0; i < records.Count; i++)
        {
            var (topic, offset, value) = records[i];
            if (offset < reader.StartOf(topic))
            {
                continue;
            }

            Feed(reader, topic, offset, value);
            if (kills == 0 && i >= KilledAt && reader.Unwritten > 0)
            {
                kills++;
                await using var barrier = await hold();
                var writing = Task.Run(() => reader.Write(store));
                await barrier.KillThereAsync();
                await Assert.ThrowsAnyAsync<NpgsqlException>(() => writing);
                await barrier.StartAsync();
            }

            if (!TryWrite(reader, store))
            {
                lost++;
                reader = new(0, Log, store.Load(0), Traffic.Options);
            }
        }

        Assert.Equal((1, takenOver ? 1 : 0), (kills, lost));
        Assert.Equal(expected, await ReadRowsAsync(database));
    }

    // False: the checkpoint is further than the reader knows.
    private static bool TryWrite(PartitionReader reader, MetricsStore store)
    {
        NpgsqlException? last = null;
        for (var attempt = 0; attempt < 10; attempt++)   // Pooled connections of before the kill fail once each.
        {
            try
            {
                reader.Write(store);
                return true;
            }
            catch (PartitionLostException)
            {
                return false;
            }
            catch (NpgsqlException fault)
            {
                last = fault;
            }
        }

        throw last!;
    }

    private async Task<List<string>> UninterruptedAsync()
    {
        var (database, _) = await NewDatabaseAsync();
        await using var __ = database;
        var store = new MetricsStore(database, FeatureSchema.V1, TimeProvider.System);
        var reader = new PartitionReader(0, Log, null, Traffic.Options);
        foreach (var (topic, offset, value) in Batches())
        {
            Feed(reader, topic, offset, value);
            reader.Write(store);
        }

        return await ReadRowsAsync(database);
    }

    private async Task<(NpgsqlDataSource Database, string Name)> NewDatabaseAsync()
    {
        var created = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(created.Database, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        return created;
    }
}
