extern alias trainer;

using System.Diagnostics;
using System.Globalization;
using Npgsql;
using RateLimitSuite.Benchmarks.Harness;
using RateLimitSuite.Contracts;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using trainer::RateLimitSuite.Trainer;
using trainer::RateLimitSuite.Trainer.Extraction;
using trainer::RateLimitSuite.Trainer.Gates;
using trainer::RateLimitSuite.Trainer.Gates.Replay;
using trainer::RateLimitSuite.Trainer.Registry;
using trainer::RateLimitSuite.Trainer.Runs;
using trainer::RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Benchmarks.Train;

/// <summary>A training on a million rows, from the table to the registry, step by step, against LightGBM's iterations alone.</summary>
internal sealed class TrainBenchmark : IBenchmark
{
    private const int MillionRows = 1_000_000;
    private const string GatePrefix = "gate ";

    public string Name => "train";

    public string Description => "extraction, training, gates and registration of a million rows against LightGBM's iterations alone (--scenario ROWS, 900,000 at least)";

    public void Run(BenchmarkContext context) => RunAsync(context).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkContext context)
    {
        var rowsWanted = context.Options.Scenario is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : MillionRows;
        await using var server = await PostgresServer.StartNewAsync();
        await using var database = NpgsqlDataSource.Create(server.ConnectionString());
        BenchmarkContext.Progress($"making {rowsWanted:N0} rows");
        await MetricsTable.FillAsync(database, rowsWanted, TimeProvider.System.GetUtcNow());
        await SuiteMigrations.RunAsync(database, typeof(ModelRegistry).Assembly, "trainer", CancellationToken.None);

        var options = new TrainerOptions();
        var steps = new Steps(context);
        var rows = await steps.TimeAsync("extract", () => new MetricsExtractor(database, TimeProvider.System).ExtractAsync(
            FeatureSchema.V1, options.History, options.RowsMaximum, null, CancellationToken.None));
        var profile = LoopProfile.Production;
        var split = TimeSplit.Of(rows, profile, first: false);
        var weighting = steps.Time("weights", () => SampleWeights.Of(rows, split.TrainEnd));
        var hash = steps.Time("hash", () => DataHash.Of(rows));
        var champion = Champion(rows, options);   // so that gates have what they compare with; not timed

        var iterations = new Iterations();
        var engine = new TimedEngine(new NativeEngine(), iterations);
        var candidates = new CandidateFactory(
            engine, new OfflineGates(Gates().Select(gate => new TimedGate(gate, steps))), [], profile, Microsoft.Extensions.Options.Options.Create(options), TimeProvider.System);
        var input = new TrainingInput(rows, split, weighting, hash, champion, []);
        var candidate = await steps.TimeAsync("train and gates", () => candidates.TrainAsync(input, "nightly", new Silence(), CancellationToken.None));
        await steps.TimeAsync("register", () => new ModelRegistry(database, new NoEvents(), TimeProvider.System).RegisterAsync(candidate, CancellationToken.None));

        var alone = iterations.Processor.TotalSeconds;
        var own = steps["train and gates"] - steps.Gates - alone;
        var beside = steps.Gates + steps["extract"] + steps["register"];
        var conditions = string.Create(CultureInfo.InvariantCulture,
            $"processor time of this process; {rows.Count:N0} rows x {FeatureSchema.V1.Count}, {options.Iterations} trees, {split.TrainEnd:N0} trained on");
        context.Add(new(
            "extraction, gates and registration", beside, alone, "iterations alone", alone / beside, "s",
            $"{conditions}; gates {(candidate.RejectedBecause.Length == 0 ? "passed" : candidate.RejectedBecause)}"));
        context.Add(new(
            "training beside its iterations", own, alone, "iterations alone", alone / own, "s",
            $"{conditions}; data set, first iteration, ridge, targets within intervals"));
        using var self = Process.GetCurrentProcess();
        context.Note(string.Create(CultureInfo.InvariantCulture, $"greatest resident memory: {self.PeakWorkingSet64 / 1e6:N0} MB, {self.PeakWorkingSet64 / (double)rows.Count:N0} bytes a row"));
    }

    private static IOfflineGate[] Gates() =>
    [
        new LoadsGate(), new EnvelopeGate(), new HoldoutGate(), new RecentGate(), new SlicesGate(), new ReplayGate(), new MonotoneGate(), new AdditivityGate(),
        new ImportanceGate(), new CostGate(), new ReproducibleGate(),
    ];

    private static ServingModel Champion(MetricsRows rows, TrainerOptions options)
    {
        var job = TrainingJobs.Of(rows, SampleWeights.Of(rows, Math.Min(50_000, rows.Count / 2)).Weights, options);
        return ServingModel.Parse(System.Text.Encoding.UTF8.GetBytes(new NativeEngine().Train(job, null, CancellationToken.None)));
    }

    /// <summary>Times steps, nested ones beside their whole.</summary>
    private sealed class Steps(BenchmarkContext context)
    {
        private readonly Dictionary<string, double> _seconds = [];
        private int _depth;

        /// <summary>Processor seconds of all gates.</summary>
        public double Gates => _seconds.Where(step => step.Key.StartsWith(GatePrefix, StringComparison.Ordinal)).Sum(step => step.Value);

        /// <summary>Processor seconds of a step.</summary>
        public double this[string name] => _seconds[name];

        public T Time<T>(string name, Func<T> step) => TimeAsync(name, () => Task.FromResult(step())).GetAwaiter().GetResult();

        public async Task<T> TimeAsync<T>(string name, Func<Task<T>> step)
        {
            _depth++;
            var (wall, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var result = await step();
            var took = (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
            _depth--;
            _seconds[name] = took;
            context.Note(string.Create(CultureInfo.InvariantCulture,
                $"{(_depth > 0 ? "  " : "")}{name,-24} {took,8:F2} s of processor, {Stopwatch.GetElapsedTime(wall).TotalSeconds,8:F2} s elapsed"));
            return result;
        }
    }

    private sealed class TimedGate(IOfflineGate gate, Steps steps) : IOfflineGate
    {
        public string Name => gate.Name;

        public GateOutcome Check(GateContext context, CancellationToken cancellationToken) => steps.Time(GatePrefix + gate.Name, () => gate.Check(context, cancellationToken));
    }

    /// <summary>Processor time of the longest training's iterations: the sample that is trained again for the reproducibility gate is not among them.</summary>
    private sealed class Iterations
    {
        public TimeSpan Processor { get; set; }
    }

    private sealed class TimedEngine(ITrainingEngine inner, Iterations iterations) : ITrainingEngine
    {
        public string Name => inner.Name;

        public string? Problem => inner.Problem;

        public string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken)
        {
            if (progress is null)
            {
                return inner.Train(job, null, cancellationToken);   // again, for a gate
            }

            var clock = new IterationClock();
            var text = inner.Train(job, clock, cancellationToken);
            iterations.Processor = clock.Processor;
            return text;
        }
    }

    // From the end of the first iteration to that of the last: as good as all of them.
    private sealed class IterationClock : IProgress<double>
    {
        private TimeSpan? _first;

        public TimeSpan Processor { get; private set; }

        public void Report(double value)
        {
            var now = Environment.CpuUsage.TotalTime;
            Processor = now - (_first ??= now);
        }
    }

    private sealed class Silence : IRunProgress
    {
        public void Report(string step, double fraction, string message, string version = "")
        {
        }
    }

    private sealed class NoEvents : IModelEvents
    {
        public void Publish(ModelChange change, DateTimeOffset at)
        {
        }
    }
}
