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

    // A detector window in all.
    private const int WaitsForRows = 2;

    /// <summary>Runs.</summary>
    /// <returns>How it ended; faults of database or engine are thrown.</returns>
    public async Task<RunResult> RunAsync(TrainingRun run, CancellationToken cancellationToken)
    {
        if (engine.Problem is { } problem)
        {
            return new("failed", "", $"engine {engine.Name} cannot train: {problem}");
        }

        run.Report("extract", 0, "reading claw_metrics");
        var prepared = await PrepareAsync(run, changedAt: null, cancellationToken);
        if (prepared.Input is not { } input)
        {
            return prepared.Failed!.Value;
        }

        RunResult? refit = null;
        long? changedAt = null;
        if (run.Reason == Drift && options.Value.Refit && input.Champion is not null)
        {
            (prepared, var change) = await ChangeAsync(prepared, run, cancellationToken);
            if (change is not null && prepared.Input is { } changed)
            {
                changedAt = change.IsLater ? change.At : null;
                refit = await TryAsync(await factory.RefitAsync(changed, change, run.Reason, run, cancellationToken), run, cancellationToken);
            }
        }

        // A trial takes its time, in which the rows since the change have become more.
        prepared = refit is null ? prepared : await PrepareAsync(run, changedAt, cancellationToken);
        var full = prepared.Input is { } fresh
            ? await TryAsync(await factory.TrainAsync(fresh, run.Reason, run, cancellationToken), run, cancellationToken)
            : prepared.Failed!.Value;
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

    // A trip may come so soon after what it tells of that hardly a row is younger: then more are waited for, within bounds.
    private async Task<((TrainingInput? Input, RunResult? Failed) Prepared, RecentChange? Change)> ChangeAsync(
        (TrainingInput? Input, RunResult? Failed) prepared, TrainingRun run, CancellationToken cancellationToken)
    {
        for (var waits = 0; ; waits++)
        {
            if (prepared.Input is not { Champion: { } champion } input)
            {
                return (prepared, null);
            }

            var change = await factory.FindChangeAsync(input.Rows, champion, run, cancellationToken);
            if (change is null or { IsTooRecent: false } || waits == WaitsForRows)
            {
                LogChange(change is null ? null : new DateTimeOffset(change.At, TimeSpan.Zero), input.Rows.Count - (change?.From ?? 0), input.Rows.Count, change?.Error);
                return (prepared, change);
            }

            run.Report("train", 0, "the change is too recent: waiting for more rows");
            await Task.Delay(profile.DetectorWindow / WaitsForRows, time, cancellationToken);
            prepared = await PrepareAsync(run, changedAt: null, cancellationToken);
        }
    }

    // Rows, and the gates over them; or why they will not do.
    private async Task<(TrainingInput? Input, RunResult? Failed)> PrepareAsync(TrainingRun run, long? changedAt, CancellationToken cancellationToken)
    {
        var rows = await ExtractAsync(run, cancellationToken);
        run.Report("provenance", 0, "");
        var origin = await provenance.CheckAsync(rows, cancellationToken);
        var serving = await registry.GetServingAsync(cancellationToken);
        var champion = await LoadChampionAsync(serving.Champion, cancellationToken);
        var first = champion is null;
        var change = changedAt is { } at ? TimeSplit.FirstFrom(rows.Timestamp, at) : 0;
        var split = change > 0 && change < rows.Count ? TimeSplit.Since(rows, change, profile) : TimeSplit.Of(rows, profile, first);
        var weighting = SampleWeights.Of(rows, split.TrainEnd, change);
        var data = DataGate.Check(rows, split, weighting, profile, first);
        return (origin.Passed ? data : origin) is { Passed: false } failed
            ? (null, new("rejected", "", $"{failed.Gate}: {failed.Message}"))
            : (new(rows, split, weighting, DataHash.Of(rows), champion, [origin, data]), null);
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

    [LoggerMessage(LogLevel.Information, "What holds now is told by the rows since {At:HH:mm:ss}, {Rows} of {All}: R {Error:F4} on what came after.")]
    private partial void LogChange(DateTimeOffset? at, int rows, int all, double? error);

    [LoggerMessage(LogLevel.Error, "Champion {Version} cannot be read; the new model is held against no model.")]
    private partial void LogChampionUnreadable(Exception fault, string version);

    [LoggerMessage(LogLevel.Information, "Registered {Version} ({Kind}), R {Mae:F4}, offline gates {Outcome}.")]
    private partial void LogRegistered(string version, string kind, double mae, string outcome);

    [LoggerMessage(LogLevel.Information, "Trial of {Version}: {Outcome}.")]
    private partial void LogTried(string version, string outcome);
}
