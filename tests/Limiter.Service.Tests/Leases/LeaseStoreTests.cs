using Npgsql;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Limiter.Tests.Leases;

/// <summary>The one statement, by itself. Rows that do not refill: every token can be counted.</summary>
public sealed class LeaseStoreTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private static readonly Policy Policy = new() { Name = "p", Domain = "d", ColdStart = 1 };

    private NpgsqlDataSource _database = null!;
    private LeaseStore _store = null!;

    public async Task InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(_database, typeof(LeaseStore).Assembly, "limiter", CancellationToken.None);
        _store = new LeaseStore(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task RenewAsync_NewBucket_IsAnsweredByTheNextRenewal()
    {
        Assert.Empty(await RenewAsync("a", Renewal("x") with { Asked = 5 }));

        var grant = Assert.Single(await RenewAsync("a", Renewal("x") with { Asked = 5 }));

        Assert.Equal(new LeaseGrant(0, 5, 95, true), grant);
    }

    [Fact]
    public async Task RenewAsync_ManyAtOnce_AnswersEachByItsPlace()
    {
        var renewals = Enumerable.Range(0, 500).Select(i => Renewal($"client-{i}") with { Asked = i / 10.0 }).ToArray();
        await RenewAsync("a", renewals);

        var grants = await RenewAsync("a", renewals);

        Assert.Equal(500, grants.Count);
        Assert.All(grants, grant => Assert.Equal(grant.Index / 10.0, grant.Given));
    }

    [Fact]
    public async Task RenewAsync_TwoReplicas_DividesByDemandAndMeansTheirRates()
    {
        await RenewAsync("a", Renewal("x"));
        await RenewAsync("a", Renewal("x") with { Demand = 30, Limit = new Limit(100, 10) });

        var grant = Assert.Single(await RenewAsync("b", Renewal("x") with { Demand = 10, Limit = new Limit(100, 50), Asked = 1000 }));

        await using var command = _database.CreateCommand("SELECT rate FROM limiter_buckets");
        Assert.Equal(20, (double)(await command.ExecuteScalarAsync())!);   // (30·10 + 10·50) / 40
        Assert.InRange(grant.Given, 25, 25.5);                              // a quarter of 100, by demand; the row refills at up to 10/s for an instant
    }

    [Fact]
    public async Task RenewAsync_OpenedUnasked_ComesOutOfWhatWasSetAside()
    {
        await RenewAsync("a", 4, Renewal("x") with { Opening = 10 });
        var (tokens, reserved) = await RowAsync();
        Assert.Equal((60, 40), (tokens, reserved));

        await RenewAsync("a", 4, Renewal("x") with { Opening = 10, Opened = 10, Kept = 7 });

        Assert.Equal((60, 30), await RowAsync());
    }

    [Fact]
    public async Task RenewAsync_LeavesAnEmptyBucket_StaysUntilItsOpeningCanBeSetAside()
    {
        await RenewAsync("a", Renewal("x") with { Initial = 10, Opening = 10 });
        var empty = await RenewAsync("a", Renewal("x") with { Opening = 10, Opened = 10, Kept = 0, Leaves = true });

        var paid = await RenewAsync("a", Renewal("x") with { Opening = 10, Settled = 10, Leaves = true });

        Assert.True(Assert.Single(empty).Held);
        Assert.False(Assert.Single(paid).Held);
        Assert.Equal((0, 10), await RowAsync());
    }

    // Replicas that renew, spend, open and leave in any order, side by side: row, slices and openings never hold more than the bucket did.
    [Fact]
    public async Task RenewAsync_ReplicasInAnyOrder_LoseAndMakeNoToken()
    {
        const int Replicas = 4;
        const double Bucket = 100;
        var spent = await Task.WhenAll(Enumerable.Range(0, Replicas).Select(replica => Task.Run(async () =>
        {
            var random = new Random(replica);
            var (tokens, opened, open, total) = (0.0, 0.0, false, 0.0);
            for (var i = 0; i < 150; i++)
            {
                if (!open)
                {
                    (tokens, opened, open) = (10, 10, true);
                }

                var cost = Math.Min(tokens, random.Next(8));
                (tokens, total) = (tokens - cost, total + cost);
                var back = random.Next(3) == 0 ? tokens / 2 : 0;
                var leaves = random.Next(6) == 0;
                back = leaves ? tokens : back;
                tokens -= back;
                var grants = await RenewAsync(
                    $"r{replica}", Replicas,
                    Renewal("x") with { Opening = 10, Opened = opened, Kept = tokens, Settled = back, Asked = leaves ? 0 : random.Next(20), Leaves = leaves });
                if (grants is [var grant])
                {
                    (tokens, opened, open) = (tokens + grant.Given, 0, grant.Held);
                }
                else
                {
                    tokens += back;   // The row was only just made: nothing was handed back.
                }
            }

            // What was opened and not told yet is still set aside in the row.
            return (Spent: total, Held: open ? tokens - opened : 0);
        })));

        var (left, reserved) = await RowAsync();
        Assert.True(spent.Sum(replica => replica.Spent) > Bucket / 2);
        Assert.Equal(Bucket, spent.Sum(replica => replica.Spent + replica.Held) + left + reserved, 1e-9);
    }

    [Fact]
    public async Task AnnounceAsync_Replicas_AreCountedUntilTheyLeave()
    {
        Assert.Equal(1, await _store.AnnounceAsync("a", CancellationToken.None));
        Assert.Equal(2, await _store.AnnounceAsync("b", CancellationToken.None));
        Assert.Equal(2, await _store.AnnounceAsync("a", CancellationToken.None));

        await _store.LeaveAsync("b", CancellationToken.None);

        Assert.Equal(1, await _store.AnnounceAsync("a", CancellationToken.None));
    }

    private static LeaseRenewal Renewal(string client) => new()
    {
        Key = new LeaseKey(Policy, System.Text.Encoding.UTF8.GetBytes(client)),
        Limit = new Limit(100, 0),
        Demand = 1,
        Kept = 0,
        Settled = 0,
        Opened = 0,
        Asked = 0,
        Opening = 0,
        Initial = 100,
        Leaves = false,
    };

    private Task<IReadOnlyList<LeaseGrant>> RenewAsync(string replica, params LeaseRenewal[] renewals) => RenewAsync(replica, 1, renewals);

    private Task<IReadOnlyList<LeaseGrant>> RenewAsync(string replica, int replicas, params LeaseRenewal[] renewals) =>
        _store.RenewAsync(replica, replicas, renewals, CancellationToken.None);

    private async Task<(double Tokens, double Reserved)> RowAsync()
    {
        await using var command = _database.CreateCommand("SELECT tokens, reserved FROM limiter_buckets");
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetDouble(0), reader.GetDouble(1));
    }
}
