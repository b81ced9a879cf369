using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Looks after a new champion, promoted by whomever, and takes it back if it is worse than the one before.</summary>
internal sealed partial class Watch(
    ModelRegistry registry, RegistryHistory history, IArmEvidenceSource evidence, LoopProfile profile, StageClock clock, TimeProvider time, ILogger<Watch> logger)
{
    private const string Gate = "watch";

    /// <summary>Watches the champion until its time is over, or it is replaced, or it is taken back.</summary>
    /// <returns>Whether it is champion still.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var watched = await registry.GetServingAsync(cancellationToken);
        if (watched is not { WatchUntil: { } until, PromotedAt: { } promotedAt })
        {
            return true;
        }

        while (true)
        {
            await Task.Delay(StageClock.PollInterval(profile.WatchTime), time, cancellationToken);
            var now = time.GetUtcNow();
            if ((await registry.GetServingAsync(cancellationToken)).Champion != watched.Champion)
            {
                return false;
            }

            var verdict = await JudgeAsync(watched, promotedAt, now, cancellationToken);
            if (verdict?.IsBreach == true)
            {
                await TakeBackAsync(watched.Champion, verdict, cancellationToken);
                return false;
            }

            // Without evidence the watch holds on for a while: a champion that nobody could judge is kept, as taking it back could not be judged either.
            if (now >= until && (verdict?.Enough == true || now > promotedAt + clock.Deadline(profile.WatchTime)))
            {
                await EndAsync(watched.Champion, verdict, cancellationToken);
                return true;
            }
        }
    }

    private async Task<StageVerdict?> JudgeAsync(Serving watched, DateTimeOffset promotedAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What the former champion did since the trial began; by hand there was no trial, so just before.
        var began = await history.LastAsync(watched.Champion, RegistryEvents.Shadow, cancellationToken) ?? promotedAt - profile.WatchTime;
        var block = StageClock.Block(profile.WatchTime, profile.Window);
        var before = await evidence.GetAsync(began < promotedAt - profile.WatchTime ? promotedAt - profile.WatchTime : began, promotedAt, block, cancellationToken);
        var since = before is null ? null : await evidence.GetAsync(promotedAt, now, block, cancellationToken);
        return since is null
            ? null
            : StageJudge.Judge(StageEvidence.Afterwards(before!, since, since.Serving(watched.Champion), watched.Previous), profile.CanaryDecisions);
    }

    private async Task TakeBackAsync(string version, StageVerdict verdict, CancellationToken cancellationToken)
    {
        var reason = string.Join("; ", verdict.Breaches);
        await registry.AddGateAsync(version, new(Gate, false, verdict.Numbers.ToJson(), reason), cancellationToken);
        await registry.RollbackAsync(version, "", ModelRegistry.Trainer, $"{Gate}: {reason}", cancellationToken);
        LogTakenBack(version, reason);
    }

    private async Task EndAsync(string version, StageVerdict? verdict, CancellationToken cancellationToken)
    {
        var message = verdict?.Enough == true ? "not worse" : "too little data to judge; kept";
        await registry.AddGateAsync(version, new(Gate, true, verdict?.Numbers.ToJson() ?? new Numbers().ToJson(), message), cancellationToken);
        await registry.EndWatchAsync(version, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Took {Version} back: {Reason}")]
    private partial void LogTakenBack(string version, string reason);
}
