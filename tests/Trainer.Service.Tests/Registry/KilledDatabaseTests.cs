using Npgsql;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Trainer.Tests.Registry;

/// <summary>PostgreSQL killed at each step of a registration and a promotion: what was done is whole or not there, and the next one succeeds.</summary>
public sealed class KilledDatabaseTests(DurablePostgresFixture postgres) : IClassFixture<DurablePostgresFixture>
{
    [Theory]
    [InlineData("registry_models", false)]
    [InlineData("registry_gates", false)]
    [InlineData("registry_history", false)]
    [InlineData("registry_history", true)]
    public async Task Register_ServerKilledBeforeTheCommitIsDone_LeavesNothing(string table, bool atCommit)
    {
        var (database, name) = await postgres.CreateDatabaseAsync();
        await using var registry = await RegistryFixture.CreateAsync(database);
        var champion = await registry.PromoteNewAsync();
        await using (var barrier = await PostgresBarrier.BeforeAsync(postgres.Server, name, table, atCommit))
        {
            await DieAsync(barrier, registry.RegisterAsync());
        }

        await SettledAsync(registry);
        Assert.Equal([champion], (await registry.Reader.ListAsync(10)).Select(model => model.Version));
        await GoesOnAsync(registry, champion);
    }

    [Fact]
    public async Task Register_ServerKilledAfterTheCommitBeforeItsAnswer_LeavesAWholeCandidate()
    {
        var (database, _) = await postgres.CreateDatabaseAsync();
        await using var registry = await RegistryFixture.CreateAsync(database);
        var champion = await registry.PromoteNewAsync();
        await using (var barrier = await PostgresBarrier.AfterCommitAsync(postgres.Server))
        {
            await DieAsync(barrier, registry.RegisterAsync());
        }

        await SettledAsync(registry);
        var candidate = Assert.Single(await registry.Reader.ListAsync(10), model => model.Version != champion);
        Assert.Equal(ModelStates.Candidate, candidate.State);
        Assert.Single(await registry.History.GatesAsync(candidate.Version, CancellationToken.None));
        await GoesOnAsync(registry, champion);
    }

    [Theory]
    [InlineData("registry_serving", false)]
    [InlineData("registry_history", true)]
    public async Task Promote_ServerKilledBeforeTheCommitIsDone_ServesTheFormerChampion(string table, bool atCommit)
    {
        var (database, name) = await postgres.CreateDatabaseAsync();
        await using var registry = await RegistryFixture.CreateAsync(database);
        var champion = await registry.PromoteNewAsync();
        var next = await registry.RegisterAsync();
        await using (var barrier = await PostgresBarrier.BeforeAsync(postgres.Server, name, table, atCommit))
        {
            await DieAsync(barrier, registry.Registry.PromoteAsync(next, "alice", "by hand", TimeSpan.FromMinutes(1), CancellationToken.None));
        }

        await SettledAsync(registry);
        Assert.Equal((champion, ModelStates.Candidate), ((await registry.ServingAsync()).Champion, await registry.StateAsync(next)));
        await GoesOnAsync(registry, champion);
    }

    private static async Task DieAsync(PostgresBarrier barrier, Task change)
    {
        await barrier.KillThereAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => change);
        await barrier.StartAsync();
    }

    // The pool still holds connections of before the kill, each of which fails once.
    private static async Task SettledAsync(RegistryFixture registry)
    {
        NpgsqlConnection.ClearAllPools();
        Assert.True(await registry.History.IsIntactAsync(CancellationToken.None));
    }

    private static async Task GoesOnAsync(RegistryFixture registry, string former)
    {
        var next = await registry.PromoteNewAsync();
        var served = await registry.Reader.GetServedAsync();
        Assert.Equal((next, former), (served.Champion?.Version, served.Previous?.Version));
        Assert.True(await registry.History.IsIntactAsync(CancellationToken.None));
    }
}
