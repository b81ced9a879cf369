using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Trainer.Runs;

/// <summary>Runs trainings one after the other while this process leads, and goes on with what a killed one left.</summary>
internal sealed partial class Coordinator(
    SuiteDatabase tables, Leadership leadership, TrainingQueue queue, TrainingLog log, TrainingRunner runner, ModelRegistry registry, LoopProfile profile,
    TrainerMetrics metrics, TimeProvider time, ILogger<Coordinator> logger) : BackgroundService
{
    // A champion that serves well should not be troubled by trainings that keep failing to better it.
    private const int DoublingsMaximum = 3;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WaitGrain = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await tables.Ready;
        while (!stoppingToken.IsCancellationRequested)
        {
            await leadership.RunAsync(LeadAsync, stoppingToken);
            queue.Abandon();
        }
    }

    private async Task LeadAsync(CancellationToken term)
    {
        var failing = false;
        while (true)
        {
            try
            {
                await RecoverAsync(term);
                while (true)
                {
                    await RunNextAsync(term);
                    failing = false;
                }
            }
            catch (NpgsqlException fault) when (!term.IsCancellationRequested)
            {
                if (!failing)
                {
                    LogDatabaseAway(fault);
                }

                failing = true;
                queue.Abandon();
                await Task.Delay(RetryPause, time, term);
            }
        }
    }

    // Nothing is half-registered, as each step is one transaction; what was under way is only repeated.
    private async Task RecoverAsync(CancellationToken term)
    {
        var serving = await registry.GetServingAsync(term);
        if (await queue.RecoverAsync(term) is { } run)
        {
            LogResuming(run.Id, run.Reason);
        }
        else if (serving.UnderTrial.Length > 0)
        {
            await queue.RequestAsync("manual", $"trial of {serving.Challenger} was cut off", "", force: true, term);
        }
    }

    private async Task RunNextAsync(CancellationToken term)
    {
        var run = await queue.NextAsync(term);
        await WaitForTurnAsync(run, term);
        queue.Begin(run);
        await log.StartAsync(run.Id, term);
        LogStarted(run.Id, run.Reason, run.Detail);
        var started = time.GetTimestamp();
        var result = await RunAsync(run, term);
        metrics.Ended(run.Reason, result.Result, time.GetElapsedTime(started));
        await log.FinishAsync(run.Id, result.Result, result.Version, result.Message, term);
        LogEnded(run.Id, result.Result, result.Version, result.Message);
        queue.End(run, result.Step, result.Message);
    }

    private async Task<RunResult> RunAsync(TrainingRun run, CancellationToken term)
    {
        try
        {
            var serving = await registry.GetServingAsync(term);
            if (serving.UnderTrial.Length > 0 && await runner.ResumeAsync(serving.Challenger, run, term) is { Result: "promoted" } resumed)
            {
                return resumed;
            }

            return await runner.RunAsync(run, term);
        }
        catch (Exception fault) when (fault is not NpgsqlException && !term.IsCancellationRequested)
        {
            // One run's fault, of data or engine, must not end the loop.
            LogFailed(fault, run.Id);
            return new("failed", "", fault.Message);
        }
    }

    private async Task WaitForTurnAsync(TrainingRun run, CancellationToken term)
    {
        if (await log.LastStartAsync(term) is not { } last)
        {
            return;
        }

        var rejections = (await registry.GetServingAsync(term)).HasChampion ? Math.Min(DoublingsMaximum, await log.RejectionsInARowAsync(term)) : 0;
        var at = last + profile.BetweenStarts * (1 << rejections);
        for (var left = at - time.GetUtcNow(); left > TimeSpan.Zero && !run.Force; left = at - time.GetUtcNow())
        {
            run.Report("waiting", 0, $"until {at.UtcDateTime:HH:mm:ss} UTC: trainings keep apart");
            await Task.Delay(left < WaitGrain ? left : WaitGrain, time, term);
        }
    }

    [LoggerMessage(LogLevel.Information, "Training {RunId} starts: {Reason} {Detail}")]
    private partial void LogStarted(string runId, string reason, string detail);

    [LoggerMessage(LogLevel.Information, "Training {RunId} ended: {Result} {Version} {Message}")]
    private partial void LogEnded(string runId, string result, string version, string message);

    [LoggerMessage(LogLevel.Error, "Training {RunId} failed.")]
    private partial void LogFailed(Exception fault, string runId);

    [LoggerMessage(LogLevel.Information, "Training {RunId} ({Reason}) was cut off and runs again.")]
    private partial void LogResuming(string runId, string reason);

    [LoggerMessage(LogLevel.Warning, "The database is away; trainings go on when it is back.")]
    private partial void LogDatabaseAway(Exception fault);
}
