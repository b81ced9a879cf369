using System.Globalization;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Takes a candidate through shadow and canary to promotion, each step by live evidence.</summary>
/// <remarks>All of its state is the registry's, so a trial that was cut off goes on at its stage, whose clock starts again.</remarks>
internal sealed class Trial(
    ModelRegistry registry, RegistryHistory history, IArmEvidenceSource evidence, LoopProfile profile, StageClock clock, TimeProvider time, ShadowReplay? replay = null)
{
    /// <summary>Runs or continues the trial of a registered candidate.</summary>
    /// <returns>Promoted, or why not; a model that is not promoted is withdrawn.</returns>
    public async Task<TrialResult> RunAsync(string version, IRunProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return await RunStagesAsync(version, progress, cancellationToken);
        }
        catch (RegistryConflictException conflict)
        {
            return new(false, $"the trial of {version} was overtaken: {conflict.Message}");
        }
    }

    private async Task<TrialResult> RunStagesAsync(string version, IRunProgress progress, CancellationToken cancellationToken)
    {
        var serving = await registry.GetServingAsync(cancellationToken);
        if (serving.PromotionStopped)
        {
            return new(false, "promotions are stopped after two rollbacks in a day, until a person promotes one by hand");
        }

        if (serving.Challenger != version)
        {
            await registry.StartShadowAsync(version, cancellationToken);
            serving = await registry.GetServingAsync(cancellationToken);
        }

        if (serving.Stage == ModelStates.Shadow
            && (await StageAsync(Shadow(version), progress, cancellationToken) ?? await ReplayAsync(version, serving.Champion, cancellationToken)) is { } failedShadow)
        {
            return failedShadow;
        }

        foreach (var share in profile.CanaryShares.Where(share => share >= serving.Share))
        {
            await registry.SetCanaryAsync(version, share, "the stage before passed", cancellationToken);
            if (await StageAsync(Canary(version, share), progress, cancellationToken) is { } failedCanary)
            {
                return failedCanary;
            }
        }

        await registry.PromoteAsync(version, ModelRegistry.Trainer, "shadow and canary passed", profile.WatchTime, cancellationToken);
        progress.Report("promote", 1, $"{version} is champion", version);
        return new(true, "promoted");
    }

    private Stage Shadow(string version) =>
        new(version, "shadow", 0, profile.ShadowTime, profile.ShadowDecisions, arms => arms.Shadow(version));

    private Stage Canary(string version, double share) =>
        new(version, "canary", share, profile.CanaryTime, profile.CanaryDecisions, arms => arms.Governing(version));

    // Null: passed.
    private async Task<TrialResult?> StageAsync(Stage stage, IRunProgress progress, CancellationToken cancellationToken)
    {
        var start = time.GetUtcNow();
        var away = TimeSpan.Zero;
        var looked = start;
        while (true)
        {
            await Task.Delay(StageClock.PollInterval(stage.Time), time, cancellationToken);
            var now = time.GetUtcNow();
            var serving = await registry.GetServingAsync(cancellationToken);
            if (serving.Challenger != stage.Version)
            {
                throw new RegistryConflictException($"{stage.Version} is not the challenger any more.");
            }

            var verdict = await JudgeAsync(stage, serving.Champion, start, now, cancellationToken);
            away += verdict is null ? now - looked : TimeSpan.Zero;
            looked = now;
            var elapsed = now - start - away;
            var passes = verdict is { Enough: true, Breaches.Count: 0 } && elapsed >= stage.Time;
            progress.Report(stage.Name, Math.Min(1, elapsed / stage.Time), Describe(stage, verdict), stage.Version);
            if (passes)
            {
                await registry.AddGateAsync(stage.Version, new(stage.Gate, true, verdict!.Numbers.ToJson(), "not worse"), cancellationToken);
                return null;
            }

            if (verdict?.IsBreach == true || elapsed > clock.Deadline(stage.Time))
            {
                return await FailAsync(stage, verdict, elapsed, cancellationToken);
            }
        }
    }

    // Null: passed.
    private async Task<TrialResult?> ReplayAsync(string version, string champion, CancellationToken cancellationToken)
    {
        if (replay is null)
        {
            return null;
        }

        var began = await history.LastAsync(version, RegistryEvents.Shadow, cancellationToken) ?? time.GetUtcNow();
        var outcome = await replay.CheckAsync(version, champion, began, cancellationToken);
        await registry.AddGateAsync(version, outcome, cancellationToken);
        if (outcome.Passed)
        {
            return null;
        }

        await registry.WithdrawAsync(version, quarantine: false, $"{outcome.Gate}: {outcome.Message}", cancellationToken);
        return new(false, $"{outcome.Gate}: {outcome.Message}");
    }

    private async Task<StageVerdict?> JudgeAsync(Stage stage, string champion, DateTimeOffset start, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var block = StageClock.Block(stage.Time, profile.Window);
        if (await evidence.GetAsync(start, now, block, cancellationToken) is not { } arms)
        {
            return null;
        }

        var model = stage.Evidence(arms);
        if (stage.Share < 1)
        {
            return StageJudge.Judge(StageEvidence.AtOnce(arms, model, champion), stage.Decisions);
        }

        // Nobody is governed by the champion any more: what it did since the trial began stands for it.
        var began = await history.LastAsync(stage.Version, RegistryEvents.Shadow, cancellationToken) ?? start;
        return await evidence.GetAsync(began, start, block, cancellationToken) is { } before
            ? StageJudge.Judge(StageEvidence.Afterwards(before, arms, model, champion), stage.Decisions)
            : null;
    }

    private async Task<TrialResult> FailAsync(Stage stage, StageVerdict? verdict, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        var breach = verdict?.IsBreach == true;
        var reason = breach
            ? string.Join("; ", verdict!.Breaches)
            : string.Create(CultureInfo.InvariantCulture, $"too little data: fewer than {stage.Decisions} decisions within {elapsed.TotalSeconds:F0} s");
        await registry.AddGateAsync(stage.Version, new(stage.Gate, false, verdict?.Numbers.ToJson() ?? "{}", reason), cancellationToken);

        // In shadow a model touches nobody, so it is refused; a canary that was worse did harm.
        await registry.WithdrawAsync(stage.Version, quarantine: breach && stage.Share > 0, $"{stage.Gate}: {reason}", cancellationToken);
        return new(false, $"{stage.Gate}: {reason}");
    }

    private static string Describe(Stage stage, StageVerdict? verdict) => verdict switch
    {
        null => "holding: no evidence",
        { Breaches.Count: > 0 } => string.Join("; ", verdict.Breaches),
        { Enough: false } => $"fewer than {stage.Decisions} decisions so far",
        _ => "not worse so far",
    };

    private sealed record Stage(string Version, string Name, double Share, TimeSpan Time, int Decisions, Func<Arms, ArmEvidence> Evidence)
    {
        public string Gate => Share > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Name} {Share * 100:G4} %") : Name;
    }
}
