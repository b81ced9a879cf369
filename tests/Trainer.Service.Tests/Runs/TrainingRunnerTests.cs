using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.TestSupport;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.Trainer.Tests.Promotion;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Runs;

public sealed class TrainingRunnerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);
    private static readonly LoopProfile Quick = LoopProfile.Smoke with
    {
        ShadowTime = TimeSpan.FromMilliseconds(10), CanaryTime = TimeSpan.FromMilliseconds(10), WatchTime = TimeSpan.Zero,
    };

    private static Traffic Recent(int secondsAgo) => new() { Start = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(secondsAgo) };

    [Fact]
    public async Task RunAsync_FirstRows_EndInAServedModelThatPredictsThem()
    {
        await using var registry = await WithRowsAsync(Recent(200).Rows(2_000));

        var result = await RunAsync(registry, "first");

        Assert.True(result.Result == "promoted", result.Message);
        var text = await registry.Reader.GetTextAsync((await registry.Reader.GetServedAsync()).Champion!.Version);
        Assert.Equal(Traffic.RightRate(15, 0.1, 0.3), ServingModel.Parse(text).Predictor.Predict([15, 0.1, 0.3, 12, 512, 0.9]), 3.0);
        var record = await registry.Reader.GetAsync(result.Version);
        Assert.InRange(record!.Mae!.Value, 0, 0.15);
        Assert.Equal(0.005, record.ViolationRate!.Value, 3);   // 1 of 10 decisions of 1 of 20 clients
        Assert.NotNull(record.RidgeMae);
        await using var file = registry.Database.CreateCommand("SELECT bytes FROM registry_files WHERE name = 'length.txt'");
        Assert.Equal(BitConverter.GetBytes((int)record.Bytes), await file.ExecuteScalarAsync());
    }

    [Fact]
    public async Task RunAsync_RatesFellAndDriftTripped_RefitIsPromotedWithinTheRun()
    {
        var start = Recent(300);
        await using var registry = await WithRowsAsync(start.Rows(2_000));
        await RunAsync(registry, "first");
        var first = (await registry.ServingAsync()).Champion;
        await ClawMetrics.InsertAsync(registry.Database, new Traffic { Start = start.Start + TimeSpan.FromSeconds(150), Factor = _ => 0.4, Seed = 9 }.Rows(1_500));

        var result = await RunAsync(registry, "drift");

        Assert.True(result.Result == "promoted", result.Message);
        var refit = Assert.Single(await registry.Reader.ListAsync(10), record => record.Kind == "refit");
        Assert.Equal(first, refit.ParentVersion);
        Assert.Equal("", refit.RejectedBecause);
        Assert.InRange(refit.Mae!.Value, 0, 0.15);
    }

    [Fact]
    public async Task RunAsync_RatesFellJustNow_WaitsForRowsThatTellBeforeItRefits()
    {
        var start = Recent(300);
        await using var registry = await WithRowsAsync(start.Rows(2_000));
        await RunAsync(registry, "first");

        // 39 s as before and 11 s at other rates: no past tells them. While the run waits, 20 s more come.
        await ClawMetrics.InsertAsync(registry.Database, Later(start, 100, row => row < 780 ? 1 : 0.4).Rows(1_000));
        var waits = 0;
        var result = await RunAsync(registry, "drift", beside: async run =>
        {
            await foreach (var step in run.FollowAsync(CancellationToken.None))
            {
                if (step.Message.StartsWith("the change is too recent", StringComparison.Ordinal) && ++waits == 1)
                {
                    await ClawMetrics.InsertAsync(registry.Database, Later(start, 150, _ => 0.4).Rows(400));
                }
            }
        });

        Assert.True(result.Result == "promoted", result.Message);
        Assert.InRange(waits, 1, 2);   // no longer than it may
        var refit = Assert.Single(await registry.Reader.ListAsync(10), record => record.Kind == "refit");
        Assert.Equal((3_400L, ""), (refit.Rows, refit.RejectedBecause));
    }

    [Fact]
    public async Task RunAsync_TooFewRows_RegistersNothing()
    {
        await using var registry = await WithRowsAsync(Recent(50).Rows(400));

        var result = await RunAsync(registry, "manual");

        Assert.Equal("rejected", result.Result);
        Assert.Contains("400 labelled rows; 1000 are needed", result.Message, StringComparison.Ordinal);
        Assert.Empty(await registry.Reader.ListAsync(10));
    }

    [Fact]
    public async Task RunAsync_CorruptedDataset_IsStoppedByTheDataGate()
    {
        var corrupted = new Traffic { Start = Recent(200).Start, Alter = (i, row) => row.Label = i % 10 == 0 ? -5 : row.Label };
        await using var registry = await WithRowsAsync(corrupted.Rows(2_000));

        var result = await RunAsync(registry, "manual");

        Assert.StartsWith("data: ", result.Message, StringComparison.Ordinal);
        Assert.Contains("actual_refill_rate is -5", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OneClientPoisonsItsLabels_TheOthersKeepTheirRates()
    {
        // A flood of a hundred forged rows a window claims that it deserves 900 tokens/s.
        var traffic = new Traffic
        {
            Start = Recent(200).Start, Clients = 100,
            Alter = (i, row) =>
            {
                if (i % 2 == 1)
                {
                    (row.Client, row.Label, row.Low, row.High) = ($"flood", 900, 890, 910);
                }
            },
        };
        await using var registry = await WithRowsAsync(Unique(traffic.Rows(6_000)));

        await RunAsync(registry, "first");

        var model = Assert.Single(await registry.Reader.ListAsync(10));
        var prediction = ServingModel.Parse(await registry.Reader.GetTextAsync(model.Version)).Predictor.Predict([60, 0.1, 0.3, 12, 512, 0.9]);
        var gates = await registry.History.GatesAsync(model.Version, CancellationToken.None);
        Assert.Contains(gates, gate => gate.Gate == "data" && gate.NumbersJson.Contains("\"clients_capped\": 1", StringComparison.Ordinal));
        Assert.True(prediction < 200, $"predicts {prediction} tokens/s where {Traffic.RightRate(60, 0.1, 0.3)} is right");
    }

    [Fact]
    public async Task RunAsync_ChampionTamperedWithInTheDatabase_IsNoYardstickAndIsReplaced()
    {
        await using var registry = await WithRowsAsync(Recent(200).Rows(2_000));
        await RunAsync(registry, "first");
        await registry.ExecuteAsync("ALTER TABLE registry_models DISABLE TRIGGER fixed; UPDATE registry_models SET model_text = 'tree'; ALTER TABLE registry_models ENABLE TRIGGER fixed");

        var result = await RunAsync(registry, "manual");

        Assert.True(result.Result == "promoted", result.Message);
        await registry.Reader.GetTextAsync(result.Version);
    }

    [Theory]
    [InlineData("request_volume", true)]
    [InlineData("no_such_column", false)]
    public async Task RunAsync_TableNotAsCataloged_IsStoppedByProvenance(string field, bool passes)
    {
        await using var registry = await WithRowsAsync(Recent(200).Rows(2_000));
        var folder = Directory.CreateTempSubdirectory("trainer-catalog-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "claw.avsc"), $$"""{"type": "record", "name": "claw_metrics", "fields": [{"name": "{{field}}", "type": "double"}]}""");
        var catalog = Path.Combine(folder.FullName, "data-catalog.yaml");
        await File.WriteAllTextAsync(catalog, "datasets:\n- {name: claw_metrics, version: v1, source: 'postgres:claw_metrics', schema: claw.avsc}\n");

        var result = await RunAsync(registry, "first", catalog: catalog);

        folder.Delete(recursive: true);
        Assert.Equal(passes ? "promoted" : "rejected", result.Result);
        Assert.Equal(passes, !result.Message.Contains("lacks no_such_column", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_EngineMissing_FailsWithItsWords()
    {
        await using var registry = await WithRowsAsync([]);

        var result = await RunAsync(registry, "manual", new MissingEngine());

        Assert.Equal(("failed", "engine native cannot train: still compiling"), (result.Result, result.Message));
    }

    // The key of the table is (window, backend, client): forged rows of one client come a millisecond apart.
    private static IEnumerable<RawRow> Unique(IEnumerable<RawRow> rows) => rows.Select((row, i) =>
    {
        row.Timestamp += i % 100 * TimeSpan.TicksPerMillisecond;
        return row;
    });

    private static Traffic Later(Traffic start, int seconds, Func<int, double> factor) =>
        new() { Start = start.Start + TimeSpan.FromSeconds(seconds), Factor = factor, Seed = 9 };

    private async Task<RegistryFixture> WithRowsAsync(IEnumerable<RawRow> rows)
    {
        var registry = await RegistryFixture.CreateAsync(postgres);
        await ClawMetrics.CreateAsync(registry.Database);
        await ClawMetrics.InsertAsync(registry.Database, rows);
        return registry;
    }

    private static async Task<RunResult> RunAsync(RegistryFixture registry, string reason, ITrainingEngine? engine = null, string catalog = "", Func<TrainingRun, Task>? beside = null)
    {
        engine ??= new NativeEngine();
        var options = Options.Create(new TrainerOptions { Iterations = 100, Catalog = catalog });
        var clock = new StageClock(options.Value);
        var evidence = new FakeEvidence { Versions = async () => [.. (await registry.Reader.ListAsync(100)).Select(record => record.Version)] };
        var gates = new OfflineGates(
        [
            new LoadsGate(), new EnvelopeGate(), new HoldoutGate(), new RecentGate(), new SlicesGate(), new MonotoneGate(), new AdditivityGate(),
            new ImportanceGate(), new CostGate(), new ReproducibleGate(),
        ]);
        var trial = new Trial(registry.Registry, registry.History, evidence, Quick, clock, registry.Time);
        var watch = new Watch(registry.Registry, registry.History, evidence, Quick, clock, registry.Time, NullLogger<Watch>.Instance);
        var runner = new TrainingRunner(
            new(registry.Database, registry.Time), new(registry.Database, options), new(engine, gates, [new TextLength()], Quick, options, registry.Time), engine, registry.Registry, registry.Reader, trial,
            FeatureSchema.V1, Quick, options, new(new Meters()), registry.Time, NullLogger<TrainingRunner>.Instance);
        using var over = new CancellationTokenSource();
        var watching = WatchAsync(watch, over.Token);
        var run = new TrainingRun("run", reason, "", false, registry.Time);
        var following = beside?.Invoke(run) ?? Task.CompletedTask;
        var result = await runner.RunAsync(run, CancellationToken.None).WaitAsync(Timeout);
        run.End("done", "");
        await following;
        await over.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return result;
    }

    private static async Task WatchAsync(Watch watch, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await watch.RunAsync(over);
            await Task.Delay(10, over);
        }
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    private sealed class TextLength : IModelExport
    {
        public string Name => "length.txt";

        public byte[] Export(GateContext context) => BitConverter.GetBytes(context.Text.Length);
    }

    private sealed class MissingEngine : ITrainingEngine
    {
        public string Name => "native";

        public string? Problem => "still compiling";

        public string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
