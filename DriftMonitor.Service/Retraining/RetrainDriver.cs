using Grpc.Core;
using Npgsql;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Alerts;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Retraining;

/// <summary>Hands pending trips to Trainer and follows its progress to the end; only the leader does.</summary>
/// <remarks>A trip stays until Trainer said how it ended: if Trainer or this process dies meanwhile it is handed over again under the
/// same key, which Trainer starts once.</remarks>
internal sealed partial class RetrainDriver(
    TripStore trips,
    AlertStore alerts,
    SuiteDatabase tables,
    LeaderElection election,
    TrainerApi.TrainerApiClient trainer,
    TimeProvider clock,
    ILogger<RetrainDriver> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Memory = TimeSpan.FromDays(2);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await tables.Ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = LookEvery;
            try
            {
                if (election.IsLeader)
                {
                    await DriveAsync(stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or RpcException)
            {
                LogWaiting(error.Message);
                pause = RetryAfter;
            }

            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DriveAsync(CancellationToken stoppingToken)
    {
        var waiting = (await trips.SinceAsync(clock.GetUtcNow() - Memory, stoppingToken)).FirstOrDefault(t => t.State is Trip.Pending or Trip.Running);
        if (waiting is not null)
        {
            await FollowAsync(waiting, stoppingToken);
        }
    }

    private async Task FollowAsync(Trip trip, CancellationToken stoppingToken)
    {
        var last = "";
        try
        {
            using var call = trainer.Retrain(new() { Reason = "drift", Detail = trip.Reason, Key = trip.Key }, cancellationToken: stoppingToken);
            while (await call.ResponseStream.MoveNext(stoppingToken))
            {
                var progress = call.ResponseStream.Current;
                var said = $"{progress.Step}{(progress.ModelVersion.Length > 0 ? " " + progress.ModelVersion : "")}{(progress.Message.Length > 0 ? ": " + progress.Message : "")}";
                if (progress.Step != last)
                {
                    await NoteAsync(trip, progress.Step, said, stoppingToken);
                    last = progress.Step;
                }
            }
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.FailedPrecondition or StatusCode.InvalidArgument or StatusCode.ResourceExhausted or StatusCode.AlreadyExists)
        {
            await NoteAsync(trip, "failed", $"Trainer refused: {refused.Status.Detail}", stoppingToken);
            last = "failed";
        }

        if (StateAfter(last) == Trip.Running)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"Trainer's progress ended at '{last}'; it is asked again."));
        }
    }

    private async Task NoteAsync(Trip trip, string step, string said, CancellationToken stoppingToken)
    {
        await trips.UpdateAsync(trip.Key, StateAfter(step), clock.GetUtcNow(), said, stoppingToken);
        await alerts.FollowUpAsync(trip.AlertId, $"retraining: {said}", stoppingToken);
        LogProgress(trip.Key, said);
    }

    private static string StateAfter(string step) => step switch
    {
        "done" => Trip.Done,
        "rejected" => Trip.Rejected,
        "failed" => Trip.Failed,
        _ => Trip.Running,
    };

    [LoggerMessage(LogLevel.Information, "Retraining for {Key}: {Said}")]
    private partial void LogProgress(string key, string said);

    [LoggerMessage(LogLevel.Warning, "A retraining waits: {Reason}")]
    private partial void LogWaiting(string reason);
}
