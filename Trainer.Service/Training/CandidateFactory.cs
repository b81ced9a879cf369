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
    /// <summary>From when on rows tell what holds now; null: too few rows, or nothing to refit.</summary>
    public Task<RecentChange?> FindChangeAsync(MetricsRows rows, ServingModel champion, IRunProgress progress, CancellationToken cancellationToken) =>
        OnOwnThread(
            () =>
            {
                progress.Report("train", 0, "looking for the change");
                return RecentChange.Find(champion.Ensemble, rows, options.Value.LearningRate, profile, cancellationToken);
            },
            cancellationToken);

    /// <summary>Trains a model from nothing.</summary>
    public Task<Candidate> TrainAsync(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken) =>
        OnOwnThread(() => Train(input, reason, progress, cancellationToken), cancellationToken);

    /// <summary>Fits the champion's leaves to the rows since a change.</summary>
    public Task<Candidate> RefitAsync(TrainingInput input, RecentChange change, string reason, IRunProgress progress, CancellationToken cancellationToken) =>
        OnOwnThread(() => Refit(input, change, reason, progress, cancellationToken), cancellationToken);

    private Candidate Train(TrainingInput input, string reason, IRunProgress progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        progress.Report("train", 0, $"{input.Split.TrainEnd} rows");
        var weights = input.Weighting.Weights;
        var parameters = new ParameterSearch(engine, time).Find(input.Rows, weights, options.Value, progress, cancellationToken);
        var job = TrainingJobs.Of(input.Rows, weights, options.Value);
        job = job with { Parameters = parameters with { HuberAlpha = job.Parameters.HuberAlpha } };
        job = IntervalTargets.Fit(job, engine, options.Value.IntervalPasses, progress, cancellationToken);
        var text = engine.Train(job, new StepFraction(progress, "train", $"{job.Rows} rows"), cancellationToken);
        var model = TreeEnsemble.Parse(text);
        return Judge(input, input.Split, job, model, text, ModelKinds.Full, reason, clock.Elapsed, progress, cancellationToken);
    }

    private Candidate Refit(TrainingInput input, RecentChange change, string reason, IRunProgress progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var split = change.Split;
        progress.Report("train", 0, $"refit of {input.Champion!.Version} to {split.TrainEnd - change.From} rows");
        var weights = SampleWeights.Of(input.Rows, split.TrainEnd).Weights;
        var refitted = LeafRefit.Fit(input.Champion.Ensemble, input.Rows, change.From, weights, options.Value.LearningRate, cancellationToken);
        var job = TrainingJobs.Of(input.Rows, weights, options.Value);
        return Judge(
            input, split, job, refitted, null, ModelKinds.Refit, reason, clock.Elapsed, progress, cancellationToken);
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
