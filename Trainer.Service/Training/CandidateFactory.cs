using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Makes candidates of rows: by full training or by refit, each through the same offline gates.</summary>
internal sealed class CandidateFactory(
    ITrainingEngine engine, OfflineGates gates, IEnumerable<IModelExport> exports, LoopProfile profile, IOptions<TrainerOptions> options, TimeProvider time)
{
    // What a refit learns from: the detectors' last windows, which are what tripped.
    private const int FreshDetectorWindows = 3;
    private const int FreshRowsMinimum = 500;

    /// <summary>Trains a model from nothing.</summary>
    public Task<Candidate> TrainAsync(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken) =>
        OnOwnThread(() => Train(input, reason, progress, cancellationToken), cancellationToken);

    /// <summary>Fits the champion's leaves to the newest rows; null: too few of them.</summary>
    public Task<Candidate?> RefitAsync(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken) =>
        OnOwnThread(() => Refit(input, reason, progress, cancellationToken), cancellationToken);

    private Candidate Train(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        progress.Report("train", 0, $"{input.Split.TrainEnd} rows");
        var job = TrainingJobs.Of(input.Rows, input.Weighting.Weights, options.Value);
        var text = engine.Train(job, new StepFraction(progress, "train", $"{job.Rows} rows"), cancellationToken);
        var model = TreeEnsemble.Parse(text);
        return Judge(input, input.Split, job, model, text, "full", reason, clock.Elapsed, progress, cancellationToken);
    }

    private Candidate? Refit(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var (from, split) = FreshSplit(input.Rows);
        if (split.TrainEnd - from < FreshRowsMinimum || split.HoldoutStart >= input.Rows.Count)
        {
            return null;
        }

        progress.Report("train", 0, $"refit of {input.Champion!.Version} to {split.TrainEnd - from} rows");
        var weights = SampleWeights.Of(input.Rows, split.TrainEnd).Weights;
        var refitted = LeafRefit.Fit(input.Champion.Ensemble, input.Rows, from, weights, options.Value.LearningRate, cancellationToken);
        var job = TrainingJobs.Of(input.Rows, weights, options.Value);
        return Judge(
            input, split, job, refitted, null, "refit", reason, clock.Elapsed, progress, cancellationToken);
    }

    // The newest rows split by themselves: the hold-out of a full training would hold out all that the drift brought.
    private (int From, TimeSplit Split) FreshSplit(MetricsRows rows)
    {
        var from = TimeSplit.FirstFrom(rows.Timestamp, rows.Timestamp[^1] - FreshDetectorWindows * profile.DetectorWindow.Ticks);
        from = Math.Max(0, Math.Min(from, rows.Count - (int)(FreshRowsMinimum / (1 - profile.HoldoutShare) / (1 - profile.HoldoutShare))));
        return (from, TimeSplit.ByShare(rows, from, profile));
    }

    private Candidate Judge(
        TrainingInput input, TimeSplit split, TrainingJob job, TreeEnsemble trained, string? trainedText, string kind, string reason, TimeSpan training, IRunProgress progress,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var (model, shrink) = EnvelopeShrink.Apply(trained, input.Rows, split.TrainEnd);
        var text = Encoding.UTF8.GetBytes(model.ToLightGbmText());
        var context = new GateContext
        {
            Text = text, TrainedText = trainedText, Kind = kind, Reason = reason, Rows = input.Rows, Split = split, Job = job, Engine = engine, Champion = input.Champion,
            Profile = profile, Options = options.Value,
        };
        GateOutcome[] outcomes = [.. input.Gates, .. gates.Check(context, progress, cancellationToken)];
        var validation = Validation.Measure(context, outcomes);
        return new()
        {
            Text = text,
            CreatedAt = time.GetUtcNow(),
            Kind = kind,
            Engine = engine.Name,
            Reason = reason,
            ParentVersion = input.Champion?.Version ?? "",
            SchemaHash = input.Rows.Schema.Hash,
            DataHash = input.DataHash,
            Rows = input.Rows.Count,
            ParametersJson = job.Parameters.ToJson(),
            MetricsJson = validation.Numbers.With("train_s", training.TotalSeconds).With("gates_s", clock.Elapsed.TotalSeconds)
                .With("envelope_shrink", shrink).ToJson(),
            Mae = validation.Mae,
            ViolationRate = validation.ViolationRate,
            RidgeMae = validation.RidgeMae,
            Gates = outcomes,
            Files = outcomes.All(outcome => outcome.Passed) ? [.. exports.Select(export => new ModelFile(export.Name, export.Export(context)))] : [],
        };
    }

    // Training and gates compute for seconds to minutes: a thread of their own leaves the pool's to requests.
    private static Task<T> OnOwnThread<T>(Func<T> work, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
