using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Tests.Gates;

namespace RateLimitSuite.Trainer.Tests.Promotion;

/// <summary>Twenty clients, one of which floods; the fair share is 48 tokens/s each.</summary>
public sealed class ShadowReplayTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Clients = 20;
    private const int Flooder = Clients - 1;
    private const double FairShare = 48;

    private static readonly LoopProfile Quick = LoopProfile.Smoke with { ShadowTime = TimeSpan.FromMilliseconds(10), CanaryTime = TimeSpan.FromMilliseconds(10) };
    private static readonly IOptions<TrainerOptions> Settings = Options.Create(GateCase.Options);

    [Fact]
    public async Task RunAsync_ShadowWouldServeTheFlooderAlone_IsRefusedBeforeItsCanary()
    {
        await using var registry = await WithRowsAsync();
        await PromoteAsync(registry, Train(_ => FairShare));
        var biased = await RegisterAsync(registry, Train(client => client == Flooder ? 300 : 2));

        var result = await RunAsync(registry, biased);

        Assert.False(result.Promoted);
        Assert.Contains("fairness", result.Message, StringComparison.Ordinal);
        Assert.Equal(ModelStates.Rejected, await registry.StateAsync(biased));
        var events = await registry.History.NewestAsync(10, CancellationToken.None);
        Assert.DoesNotContain(events, entry => entry.Event == "canary" && entry.Version == biased);
        Assert.Contains(await registry.History.GatesAsync(biased, CancellationToken.None), gate => gate is { Gate: ShadowReplay.Gate, Passed: false });
    }

    [Fact]
    public async Task RunAsync_ShadowLikeTheChampion_GoesOn()
    {
        await using var registry = await WithRowsAsync();
        await PromoteAsync(registry, Train(_ => FairShare));
        var alike = await RegisterAsync(registry, Train(_ => FairShare + 1));

        var result = await RunAsync(registry, alike);

        Assert.True(result.Promoted, result.Message);
        Assert.Contains(await registry.History.GatesAsync(alike, CancellationToken.None), gate => gate is { Gate: ShadowReplay.Gate, Passed: true });
    }

    private static async Task<TrialResult> RunAsync(RegistryFixture registry, string version)
    {
        var evidence = new FakeEvidence { Versions = async () => [.. (await registry.Reader.ListAsync(100)).Select(record => record.Version)] };
        var replay = new ShadowReplay(new(registry.Database, registry.Time), registry.Reader, FeatureSchema.V1, Quick, Settings, registry.Time);
        var trial = new Trial(registry.Registry, registry.History, evidence, Quick, new(Settings.Value), registry.Time, replay);
        return await trial.RunAsync(version, new NoProgress(), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
    }

    private async Task<RegistryFixture> WithRowsAsync()
    {
        var registry = await RegistryFixture.CreateAsync(postgres);
        await ClawMetrics.CreateAsync(registry.Database);
        await ClawMetrics.InsertAsync(registry.Database, Traffic(_ => FairShare, TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(60)).Rows(60 * Clients));
        return registry;
    }

    private static async Task PromoteAsync(RegistryFixture registry, byte[] text)
    {
        var version = await RegisterAsync(registry, text);
        await registry.Registry.PromoteAsync(version, "alice", "by hand", TimeSpan.Zero, CancellationToken.None);
    }

    private static Task<string> RegisterAsync(RegistryFixture registry, byte[] text) => registry.Registry.RegisterAsync(
        new()
        {
            Text = text, CreatedAt = registry.Time.GetUtcNow(), Kind = "full", Engine = "native", Reason = "manual", SchemaHash = FeatureSchema.V1.Hash, DataHash = "data",
            Rows = 10, ParametersJson = "{}", MetricsJson = "{}", Mae = 0.1, Gates = [new("holdout", true, "{}", "good")],
        },
        CancellationToken.None);

    private static byte[] Train(Func<int, double> label)
    {
        var rows = Traffic(label, new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)).Columns(2_000);
        return GateCase.Train(rows, rows.Count);
    }

    private static Traffic Traffic(Func<int, double> label, DateTimeOffset start) => new()
    {
        Start = start,
        Clients = Clients,
        Alter = (i, row) =>
        {
            var client = i % Clients;
            row.Decisions = client == Flooder ? 300 : 8;
            row.Features[FeatureSchema.RequestVolume] = row.Decisions;
            row.Label = label(client);
            (row.Low, row.High) = (row.Label, row.Label);
        },
    };
}
