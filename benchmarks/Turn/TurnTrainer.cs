extern alias trainer;

using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.TreeModel;
using trainer::RateLimitSuite.Trainer;
using trainer::RateLimitSuite.Trainer.Extraction;
using trainer::RateLimitSuite.Trainer.Gates;
using trainer::RateLimitSuite.Trainer.Gates.Replay;
using trainer::RateLimitSuite.Trainer.Registry;
using trainer::RateLimitSuite.Trainer.Runs;
using trainer::RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>The trainer without its tables: the same rows, weights, refit, training and offline gates.</summary>
internal sealed class TurnTrainer
{
    private readonly LoopProfile _profile;
    private readonly CandidateFactory _factory;
    private readonly List<RawRow> _rows = [];
    private readonly Dictionary<string, ValidationNumbers> _validations = [];
    private long? _changedAt;
    private int _versions;

    /// <param name="profile">How fast the loop turns.</param>
    public TurnTrainer(LoopProfile profile)
    {
        _profile = profile;
        IOfflineGate[] gates =
        [
            new LoadsGate(), new EnvelopeGate(), new HoldoutGate(), new RecentGate(), new SlicesGate(), new ReplayGate(), new MonotoneGate(), new AdditivityGate(),
            new ImportanceGate(), new CostGate(), new ReproducibleGate(),
        ];
        _factory = new(new NativeEngine(), new OfflineGates(gates), [], profile, Microsoft.Extensions.Options.Options.Create(new TrainerOptions { Threads = 1 }), new VirtualTime());
    }

    /// <summary>The model in use; null: none.</summary>
    public ServingModel? Champion { get; private set; }

    /// <summary>What a model measured at its validation.</summary>
    public ValidationNumbers ValidationOf(string version) => _validations.GetValueOrDefault(version);

    /// <summary>Makes a candidate champion.</summary>
    /// <returns>Its trees.</returns>
    public TreeEnsemble Promote(TurnCandidate candidate)
    {
        Champion = ServingModel.Parse(candidate.Text, candidate.Version);
        return Champion.Ensemble;
    }

    /// <summary>Rows with a label.</summary>
    public int Labelled { get; private set; }

    /// <summary>Takes in the rows of labelled windows.</summary>
    public void Add(IReadOnlyList<LabelledWindow> windows)
    {
        foreach (var row in windows.SelectMany(w => w.Rows.OrderBy(r => r.Sample.ClientId, StringComparer.Ordinal)))
        {
            _rows.Add(ToRaw(row));
            Labelled += row.Label is null ? 0 : 1;
        }
    }

    /// <summary>Trains a candidate as a run of the trainer does.</summary>
    /// <param name="reason">first or drift.</param>
    /// <param name="refit">Whether to refit the champion's leaves rather than to train.</param>
    /// <param name="mayWait">Whether to ask for more rows where the change is too recent.</param>
    /// <returns>The candidate, where the offline gates let it pass; and what came of it, in words; no words: wait for more rows.</returns>
    public (TurnCandidate? Candidate, string Said) Try(string reason, bool refit, bool mayWait = false)
    {
        var rows = new MetricsRows(FeatureSchema.V1);
        foreach (var row in _rows)
        {
            RowFilter.Add(rows, row);
        }

        var first = Champion is null;
        var since = !refit && _changedAt is { } at ? TimeSplit.FirstFrom(rows.Timestamp, at) : 0;
        var split = since > 0 ? TimeSplit.Since(rows, since, _profile) : TimeSplit.Of(rows, _profile, first);
        var weighting = SampleWeights.Of(rows, split.TrainEnd, since);
        var data = DataGate.Check(rows, split, weighting, _profile, first);
        if (!data.Passed)
        {
            return (null, $"data: {data.Message}");
        }

        var input = new TrainingInput(rows, split, weighting, "", Champion, [data]);
        Candidate? candidate;
        var from = "";
        if (refit)
        {
            var change = _factory.FindChangeAsync(rows, Champion!, Silence.Instance, CancellationToken.None).GetAwaiter().GetResult();
            if (change is null)
            {
                return (null, "too few fresh rows");
            }

            if (change.IsTooRecent && mayWait)
            {
                return (null, "");
            }

            _changedAt = change.IsLater ? change.At : null;
            from = $" to the last {TimeSpan.FromTicks(rows.Timestamp[^1] - change.At).TotalSeconds:0} s";
            candidate = _factory.RefitAsync(input, change, reason, Silence.Instance, CancellationToken.None).GetAwaiter().GetResult();
        }
        else
        {
            candidate = _factory.TrainAsync(input, reason, Silence.Instance, CancellationToken.None).GetAwaiter().GetResult();
        }

        var said = $"{candidate.Kind}{from} R {candidate.Mae:0.000}, p {candidate.ViolationRate:0.0000}";
        if (candidate.RejectedBecause.Length > 0)
        {
            return (null, $"{said}: {candidate.RejectedBecause}");
        }

        var version = $"m{++_versions}-{candidate.Kind}";
        _validations[version] = new(candidate.Mae ?? 0, candidate.ViolationRate ?? 0);
        return (new(version, candidate.Text), $"{said}: passed as {version}");
    }

    private static RawRow ToRaw(MetricRow row)
    {
        var raw = new RawRow(FeatureSchema.V1.Count)
        {
            Timestamp = row.Start.UtcTicks,
            Label = row.Label?.Rate,
            Low = row.Label?.Lower,
            High = row.Label?.Upper,
            Quality = row.Label?.Quality ?? 0,
            Limited = row.Limited,
            Propensity = row.Sample.Propensity,
            Prediction = row.Sample.HasPrediction ? row.Sample.Prediction : null,
            RefillRate = row.Sample.RefillRate,
            Decisions = row.Decisions,
            WronglyThrottled = row.WronglyThrottled,
            Client = row.Sample.ClientId,
            Policy = row.Sample.Policy,
            SchemaHash = row.SchemaHash,
        };
        row.Sample.Features.CopyTo(raw.Features, 0);
        return raw;
    }

    private sealed class Silence : IRunProgress
    {
        public static Silence Instance { get; } = new();

        public void Report(string step, double fraction, string message, string version = "")
        {
        }
    }
}
