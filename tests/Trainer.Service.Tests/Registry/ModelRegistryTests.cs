using Npgsql;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Trainer.Tests.Registry;

public sealed class ModelRegistryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Watch = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task RegisterAsync_GateFailed_KeepsTheModelAsRejectedWithItsReason()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);

        var version = await registry.RegisterAsync(passed: false);

        var record = await registry.Reader.GetAsync(version);
        Assert.Equal((ModelStates.Rejected, "holdout: worse than the champion"), (record!.State, record.RejectedBecause));
        Assert.Equal("rejected", Assert.Single(registry.Events.Changes).Event);
    }

    [Fact]
    public async Task PromoteAsync_AfterShadowAndCanary_ServesTheChallengerAndKeepsTheFormerChampion()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var first = await registry.PromoteNewAsync();
        var second = await registry.RegisterAsync();
        await registry.Registry.StartShadowAsync(second, CancellationToken.None);
        await registry.Registry.SetCanaryAsync(second, 0.25, "", CancellationToken.None);

        await registry.Registry.PromoteAsync(second, ModelRegistry.Trainer, "passed", Watch, CancellationToken.None);

        var snapshot = await registry.Reader.GetServedAsync();
        Assert.Equal((second, first), (snapshot.Champion?.Version, snapshot.Previous?.Version));
        Assert.Null(snapshot.Challenger);
        Assert.Equal((ModelStates.Champion, ModelStates.Previous), (await registry.StateAsync(second), await registry.StateAsync(first)));
    }

    [Fact]
    public async Task RollbackAsync_ByTheTrainer_ReturnsToThePreviousAndQuarantines()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var first = await registry.PromoteNewAsync();
        var second = await registry.PromoteNewAsync();

        await registry.Registry.RollbackAsync(second, "", ModelRegistry.Trainer, "worse", CancellationToken.None);

        var snapshot = await registry.Reader.GetServedAsync();
        Assert.Equal(first, snapshot.Champion?.Version);
        Assert.Null(snapshot.Previous);
        Assert.Equal(ModelStates.Quarantined, await registry.StateAsync(second));
    }

    [Fact]
    public async Task RollbackAsync_FirstModel_ReturnsToNoModel()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var first = await registry.PromoteNewAsync();

        await registry.Registry.RollbackAsync(first, "", ModelRegistry.Trainer, "worse", CancellationToken.None);

        Assert.Equal(RegistrySnapshot.Empty.Champion, (await registry.Reader.GetServedAsync()).Champion);
    }

    [Fact]
    public async Task RollbackAsync_TwiceInADay_StopsAutomaticPromotionUntilAPersonPromotes()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        await registry.PromoteNewAsync();
        for (var i = 0; i < 2; i++)
        {
            var worse = await registry.PromoteNewAsync();
            await registry.Registry.RollbackAsync(worse, "", ModelRegistry.Trainer, "worse", CancellationToken.None);
        }

        var next = await registry.RegisterAsync();
        await registry.Registry.StartShadowAsync(next, CancellationToken.None);

        await Assert.ThrowsAsync<RegistryConflictException>(
            () => registry.Registry.PromoteAsync(next, ModelRegistry.Trainer, "passed", Watch, CancellationToken.None));
        await registry.Registry.PromoteAsync(next, "alice", "looked at it", Watch, CancellationToken.None);
        Assert.False((await registry.ServingAsync()).PromotionStopped);
    }

    [Fact]
    public async Task PromoteAsync_OtherModelByHand_WithdrawsTheChallenger()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var challenger = await registry.RegisterAsync();
        await registry.Registry.StartShadowAsync(challenger, CancellationToken.None);

        await registry.PromoteNewAsync();

        Assert.Equal(ModelStates.Rejected, await registry.StateAsync(challenger));
        await Assert.ThrowsAsync<RegistryConflictException>(
            () => registry.Registry.SetCanaryAsync(challenger, 0.25, "", CancellationToken.None));
    }

    [Fact]
    public async Task StartShadowAsync_RejectedModel_IsRefused()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var rejected = await registry.RegisterAsync(passed: false);

        await Assert.ThrowsAsync<RegistryConflictException>(() => registry.Registry.StartShadowAsync(rejected, CancellationToken.None));
    }

    [Fact]
    public async Task History_AnyEntryChanged_BreaksTheChain()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        await registry.PromoteNewAsync();
        await registry.PromoteNewAsync();
        Assert.True(await registry.History.IsIntactAsync(CancellationToken.None));

        await registry.ExecuteAsync("ALTER TABLE registry_history DISABLE TRIGGER append_only; UPDATE registry_history SET actor = 'mallory' WHERE number = 2");

        Assert.False(await registry.History.IsIntactAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData("UPDATE registry_history SET actor = 'mallory'")]
    [InlineData("DELETE FROM registry_history")]
    [InlineData("TRUNCATE registry_history")]
    [InlineData("UPDATE registry_models SET model_text = 'other'")]
    [InlineData("DELETE FROM registry_models")]
    public async Task Tables_RewritingThePast_IsRefusedByTheDatabase(string sql)
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        await registry.PromoteNewAsync();

        await Assert.ThrowsAsync<PostgresException>(() => registry.ExecuteAsync(sql));
    }

    [Fact]
    public async Task PromoteAsync_ManyAtOnce_LeavesOneChampionAndAnIntactChain()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var versions = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            versions.Add(await registry.RegisterAsync());
        }

        await Task.WhenAll(versions.Select(version => registry.Registry.PromoteAsync(version, "alice", "race", Watch, CancellationToken.None)));

        Assert.Single(await registry.Reader.ListAsync(20, ModelStates.Champion));
        Assert.Single(await registry.Reader.ListAsync(20, ModelStates.Previous));
        Assert.True(await registry.History.IsIntactAsync(CancellationToken.None));
    }
}
