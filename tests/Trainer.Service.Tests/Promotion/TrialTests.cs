using Microsoft.Extensions.Logging.Abstractions;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Trainer.Tests.Promotion;

public sealed class TrialTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // Real stages of milliseconds: what is tested is their order and their end, not their length.
    private static readonly LoopProfile Quick = LoopProfile.Smoke with
    {
        ShadowTime = TimeSpan.FromMilliseconds(10), CanaryTime = TimeSpan.FromMilliseconds(10), WatchTime = TimeSpan.FromMilliseconds(10),
    };

    private static readonly TrainerOptions Options = new() { StageDeadlineFactor = 1, StageDeadlineMinimum = TimeSpan.FromMilliseconds(1) };
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task RunAsync_HealthyChallenger_GoesThroughEveryStageToChampion()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.RegisterAsync();

        var result = await NewTrial(registry, Evidence(registry)).RunAsync(version, new NoProgress(), CancellationToken.None).WaitAsync(Timeout);

        Assert.True(result.Promoted, result.Message);
        var events = (await registry.History.NewestAsync(10, CancellationToken.None)).Reverse().Select(entry => entry.Event);
        Assert.Equal(["registered", "shadow", "canary", "canary", "promoted"], events);
        var gates = (await registry.History.GatesAsync(version, CancellationToken.None)).Select(gate => gate.Gate);
        Assert.Equal(["holdout", "shadow", "canary 25 %", "canary 100 %"], gates);
    }

    [Fact]
    public async Task RunAsync_HarmfulCanary_IsQuarantinedAndTheChampionStays()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var champion = await registry.PromoteNewAsync(watch: TimeSpan.Zero);
        var version = await registry.RegisterAsync();
        var evidence = Evidence(registry);
        evidence.Of = (arm, _) => arm == "canary" ? FakeEvidence.Harmful : FakeEvidence.Healthy;

        var result = await NewTrial(registry, evidence).RunAsync(version, new NoProgress(), CancellationToken.None).WaitAsync(Timeout);

        Assert.Contains("wrongly throttled", result.Message, StringComparison.Ordinal);
        Assert.Equal(ModelStates.Quarantined, await registry.StateAsync(version));
        Assert.Equal((champion, ""), ((await registry.ServingAsync()).Champion, (await registry.ServingAsync()).Challenger));
    }

    [Fact]
    public async Task RunAsync_NoTrafficUntilTheDeadline_IsGivenUp()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.RegisterAsync();
        var evidence = Evidence(registry);
        evidence.Of = (_, _) => ArmEvidence.None;

        var result = await NewTrial(registry, evidence).RunAsync(version, new NoProgress(), CancellationToken.None).WaitAsync(Timeout);

        Assert.Contains("too little data", result.Message, StringComparison.Ordinal);
        Assert.Equal(ModelStates.Rejected, await registry.StateAsync(version));
    }

    [Fact]
    public async Task RunAsync_EvidenceAway_HoldsBeyondTheDeadlineUntilItIsBack()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.RegisterAsync();
        var evidence = Evidence(registry);
        evidence.Away = true;
        var trial = NewTrial(registry, evidence).RunAsync(version, new NoProgress(), CancellationToken.None);
        while (evidence.Asked < 2)
        {
            Assert.False(trial.IsCompleted);
            await Task.Yield();
        }

        evidence.Away = false;

        Assert.True((await trial.WaitAsync(Timeout)).Promoted);
    }

    [Fact]
    public async Task RunAsync_PersonPromotesAnotherMeanwhile_EndsAsOvertaken()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.RegisterAsync();
        var evidence = Evidence(registry);
        evidence.Away = true;
        var trial = NewTrial(registry, evidence).RunAsync(version, new NoProgress(), CancellationToken.None);
        while (evidence.Asked < 1)
        {
            await Task.Yield();
        }

        var other = await registry.PromoteNewAsync();

        Assert.Contains("overtaken", (await trial.WaitAsync(Timeout)).Message, StringComparison.Ordinal);
        Assert.Equal(other, (await registry.ServingAsync()).Champion);
    }

    [Fact]
    public async Task RunAsync_CutOffInCanary_GoesOnAtItsShare()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.RegisterAsync();
        await registry.Registry.StartShadowAsync(version, CancellationToken.None);
        await registry.Registry.SetCanaryAsync(version, 1, "", CancellationToken.None);

        var result = await NewTrial(registry, Evidence(registry)).RunAsync(version, new NoProgress(), CancellationToken.None).WaitAsync(Timeout);

        Assert.True(result.Promoted, result.Message);
        Assert.DoesNotContain(await registry.History.GatesAsync(version, CancellationToken.None), gate => gate.Gate == "canary 25 %");
    }

    [Fact]
    public async Task Watch_BadPromotionForcedByHand_IsRolledBackAndQuarantined()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var good = await registry.PromoteNewAsync(watch: TimeSpan.Zero);
        var bad = await registry.PromoteNewAsync(actor: "mallory", watch: TimeSpan.FromMinutes(1));
        var evidence = Evidence(registry);
        evidence.Of = (_, version) => version == bad ? FakeEvidence.Harmful : FakeEvidence.Healthy;

        var stayed = await NewWatch(registry, evidence).RunAsync(CancellationToken.None).WaitAsync(Timeout);

        Assert.False(stayed);
        Assert.Equal(good, (await registry.ServingAsync()).Champion);
        Assert.Equal(ModelStates.Quarantined, await registry.StateAsync(bad));
        Assert.Contains((await registry.History.NewestAsync(10, CancellationToken.None)), entry => entry is { Event: "rolled_back", Actor: "trainer" } && entry.Version == bad);
    }

    [Fact]
    public async Task Watch_HealthyChampion_EndsWithTheTimeOver()
    {
        await using var registry = await RegistryFixture.CreateAsync(postgres);
        var version = await registry.PromoteNewAsync(watch: TimeSpan.Zero);

        Assert.True(await NewWatch(registry, Evidence(registry)).RunAsync(CancellationToken.None).WaitAsync(Timeout));

        Assert.Null((await registry.ServingAsync()).WatchUntil);
        Assert.Equal(version, (await registry.ServingAsync()).Champion);
    }

    private static FakeEvidence Evidence(RegistryFixture registry) => new()
    {
        Versions = async () => [.. (await registry.Reader.ListAsync(100)).Select(record => record.Version)],
    };

    private static Trial NewTrial(RegistryFixture registry, FakeEvidence evidence) =>
        new(registry.Registry, registry.History, evidence, Quick, new StageClock(Options), registry.Time);

    private static Watch NewWatch(RegistryFixture registry, FakeEvidence evidence) =>
        new(registry.Registry, registry.History, evidence, Quick, new StageClock(Options), registry.Time, NullLogger<Watch>.Instance);
}
