using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Training;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>One run from rows to a served model: extract, gates over the rows, refit where drift asked, full training, trial, watch.</summary>
internal sealed partial class TrainingRunner(
    MetricsExtractor extractor, ProvenanceGate provenance, CandidateFactory factory, ITrainingEngine engine, ModelRegistry registry, ModelRegistryReader reader, Trial trial,
    FeatureSchema schema, LoopProfile profile, IOptions<TrainerOptions> options, TrainerMetrics metrics, TimeProvider time,
    ILogger<TrainingRunner> logger)
{
    private const string Drift = "drift";

    /// <summary>Runs.</summary>
    /// <returns>How it ended; faults of database or engine are thrown.</returns>
    public async Task<RunResult> RunAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (engine.Problem is { } problem)
        {
            return new("failed", "", $"engine {engine.Name} cannot train: {problem}");
        }

        run.Report("extract", 0, "reading claw_metrics");
        var rows = await ExtractAsync(run, cancellationToken);
        run.Report("provenance", 0, "");
        var origin = await provenance.CheckAsync(rows, cancellationToken);
        var serving = await registry.GetServingAsync(cancellationToken);
        var champion = await LoadChampionAsync(serving.Champion, cancellationToken);
        var first = champion is null;
        var split = TimeSplit.Of(rows, profile, first);
        var weighting = SampleWeights.Of(rows, split.TrainEnd);
        var data = DataGate.Check(rows, split, weighting, profile, first);
        if ((origin.Passed ? data : origin) is { Passed: false } failed)
        {
            return new("rejected", "", $"{failed.Gate}: {failed.Message}");
        }

        var input = new TrainingInput(rows, split, weighting, DataHash.Of(rows), champion, [origin, data]);
        RunResult? refit = null;
        if (run.Reason == Drift && options.Value.Refit && champion is not null
            && await factory.RefitAsync(input, run.Reason, run, cancellationToken) is { } refitted)
        {
            refit = await TryAsync(refitted, run, cancellationToken);
            champion = await LoadChampionAsync((await registry.GetServingAsync(cancellationToken)).Champion, cancellationToken);
        }

        var trained = await factory.TrainAsync(input with { Champion = champion }, run.Reason, run, cancellationToken);
        var full = await TryAsync(trained, run, cancellationToken);
        var result = full.Result != "promoted" && refit is { Result: "promoted" } promoted ? promoted with { Message = $"refit promoted; full training: {full.Message}" } : full;
        return result.Result == "promoted" ? await WatchedAsync(result, run, cancellationToken) : result;
    }

    /// <summary>Goes on with a trial that was cut off.</summary>
    public async Task<RunResult> ResumeAsync(string challenger, TrainingRun run, CancellationToken cancellationToken)
    {
        var result = await trial.RunAsync(challenger, run, cancellationToken);
        return result.Promoted
            ? await WatchedAsync(new("promoted", challenger, result.Message), run, cancellationToken)
            : new("rejected", challenger, result.Message);
    }

    private async Task<MetricsRows> ExtractAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var progress = new RowCount(run);
        var rows = await extractor.ExtractAsync(schema, options.Value.History, options.Value.RowsMaximum, progress, cancellationToken);
        run.Report("extract", 1, $"{rows.Count} of {rows.Seen} rows");
        LogExtracted(rows.Count, rows.Seen, time.GetElapsedTime(started).TotalSeconds);
        return rows;
    }

    // A champion that cannot be read is no yardstick: the run goes on as if there were none, and says so.
    private async Task<ServingModel?> LoadChampionAsync(string version, CancellationToken cancellationToken)
    {
        if (version.Length == 0)
        {
            return null;
        }

        try
        {
            var champion = ServingModel.Parse(await reader.GetTextAsync(version, cancellationToken), version);
            return champion.Ensemble.FeatureNames.SequenceEqual(schema.Names) ? champion : null;
        }
        catch (Exception fault) when (fault is ModelIntegrityException or ModelFormatException)
        {
            LogChampionUnreadable(fault, version);
            return null;
        }
    }

    private async Task<RunResult> TryAsync(Candidate candidate, TrainingRun run, CancellationToken cancellationToken)
    {
        run.Report("register", 0, candidate.Kind, candidate.Version);
        var version = await registry.RegisterAsync(candidate, cancellationToken);
        run.Report("register", 1, candidate.Kind, version);
        metrics.Registered(candidate.Mae, candidate.Gates.Where(gate => !gate.Passed).Select(gate => gate.Gate));
        LogRegistered(version, candidate.Kind, candidate.Mae ?? double.NaN, candidate.RejectedBecause.Length > 0 ? "rejected: " + candidate.RejectedBecause : "passed");
        if (candidate.RejectedBecause.Length > 0)
        {
            return new("rejected", version, candidate.RejectedBecause);
        }

        await WaitForWatchAsync(run, cancellationToken);
        var result = await trial.RunAsync(version, run, cancellationToken);
        LogTried(version, result.Message);
        return new(result.Promoted ? "promoted" : "rejected", version, result.Message);
    }

    private async Task<RunResult> WatchedAsync(RunResult promoted, TrainingRun run, CancellationToken cancellationToken)
    {
        await WaitForWatchAsync(run, cancellationToken);
        var record = await reader.GetAsync(promoted.Version, cancellationToken);
        return record?.State == ModelStates.Quarantined ? new("rejected", promoted.Version, record.RejectedBecause) : promoted;
    }

    // WatchService does the watching: what is watched may have been promoted by hand as well.
    private async Task WaitForWatchAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        while (await registry.GetServingAsync(cancellationToken) is { WatchUntil: not null, PromotedAt: { } promotedAt } serving)
        {
            run.Report("watch", Math.Clamp((time.GetUtcNow() - promotedAt) / profile.WatchTime, 0, 1), $"watching {serving.Champion}");
            await Task.Delay(StageClock.PollInterval(profile.WatchTime), time, cancellationToken);
        }
    }

    private sealed class RowCount(TrainingRun run) : IProgress<long>
    {
        public void Report(long value) => run.Report("extract", 0, $"{value} rows so far");
    }

    [LoggerMessage(LogLevel.Information, "Read {Rows} of {Seen} rows in {Seconds:F2} s.")]
    private partial void LogExtracted(int rows, long seen, double seconds);

    [LoggerMessage(LogLevel.Error, "Champion {Version} cannot be read; the new model is held against no model.")]
    private partial void LogChampionUnreadable(Exception fault, string version);

    [LoggerMessage(LogLevel.Information, "Registered {Version} ({Kind}), R {Mae:F4}, offline gates {Outcome}.")]
    private partial void LogRegistered(string version, string kind, double mae, string outcome);

    [LoggerMessage(LogLevel.Information, "Trial of {Version}: {Outcome}.")]
    private partial void LogTried(string version, string outcome);
}
