using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Smoke;

/// <summary>Watches a running suite until the loop has closed once: capacity cut, drift found, model trained, gated, promoted, swapped, and R
/// and p back under their limits.</summary>
/// <remarks>Steps are seen in order, each by what services say of themselves; the run fails with the first that does not come in time.</remarks>
internal sealed class SmokeRun(SuiteObserver observer, TimeSpan timeout, Action<string> say)
{
    /// <summary>Share of decisions that must carry the new version after the swap.</summary>
    public const double ShareWanted = 0.95;

    // Windows close, trainings and canaries end; but without traffic nothing new begins.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    // Capacity is cut once nothing is under way, at the latest whether or not.
    private static readonly TimeSpan CutFrom = TimeSpan.FromSeconds(105);
    private static readonly TimeSpan CutBy = TimeSpan.FromSeconds(140);

    // To 0.7 of the mean load, from 1.5 of it.
    private const double CutTo = 0.7 / 1.5;

    // Three detector windows, and the labels' delay.
    private static readonly TimeSpan CutEvery = TimeSpan.FromSeconds(35);
    private const double DeeperBy = 0.5;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);

    private readonly List<(SmokeStep, TimeSpan)> _steps = [];
    private string _versionBefore = "";
    private string _versionAfter = "";
    private DateTimeOffset _cutAt;
    private DateTimeOffset _drifted;
    private (double, double) _before;
    private long _newest;
    private readonly Recovery _recovery = new();
    private TimeSpan? _lastCut;
    private TimeSpan? _fullShare;

    public async Task<SmokeReport> WatchAsync(CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(timeout);
        SuiteSight? sight = null;
        TimeSpan? over = null;
        foreach (var step in Enum.GetValues<SmokeStep>())
        {
            var lastSaid = observer.Elapsed;
            try
            {
                while (true)
                {
                    sight = await observer.LookAsync(bounded.Token);
                    SayNews(sight);
                    if (_fullShare is not null)
                    {
                        _recovery.Observe(sight, Newest(sight));
                    }

                    if (Seen(step, sight))
                    {
                        break;
                    }

                    if (observer.Elapsed - lastSaid > SayEvery)
                    {
                        lastSaid = observer.Elapsed;
                        say($"  waiting for {step}: {Describe(sight)}");
                    }

                    if (step == SmokeStep.CapacityCut)
                    {
                        await CutAsync(sight, bounded.Token);
                    }

                    if (step == SmokeStep.DriftFound)
                    {
                        await CutDeeperAsync(sight, bounded.Token);
                    }

                    if (step >= SmokeStep.ErrorBack && observer.Elapsed - _fullShare > Recovery.Most)
                    {
                        return Report(sight) with { FailedAt = step, Problem = $"{step} was not seen within {Recovery.Most.TotalSeconds:0} s of full share. {Describe(sight)}" };
                    }

                    if (sight.Traffic is not { Fraction: >= 1 })
                    {
                        over = null;
                    }
                    else if (observer.Elapsed - (over ??= observer.Elapsed) > Grace)
                    {
                        return Report(sight) with { FailedAt = step, Problem = $"{step} was not seen by {Grace.TotalSeconds:0} s after the replay's end. {Describe(sight)}" };
                    }

                    await Task.Delay(Look, bounded.Token);
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return Report(sight) with { FailedAt = step, Problem = $"{step} was not seen within {timeout.TotalSeconds:0} s. {Describe(sight)}" };
            }

            var at = TimeOf(step);
            _steps.Add((step, at));
            say($"{at.TotalSeconds,6:0.0} s  {step}: {Describe(sight)}");
        }

        return Report(sight);
    }

    // Both recoveries may be seen while another step is waited for.
    private TimeSpan TimeOf(SmokeStep step) => step switch
    {
        SmokeStep.FullShare => (_fullShare = observer.Elapsed).Value,
        SmokeStep.ErrorBack => _recovery.ErrorAt!.Value,
        SmokeStep.ViolationsBack => _recovery.ViolationsAt!.Value,
        _ => observer.Elapsed,
    };

    // A model that is promoted just before a cut is blamed for it and rolled back, and two rollbacks stop promotions until a person promotes: so not
    // while one is being trained or watched.
    private async Task CutAsync(SuiteSight sight, CancellationToken cancellation)
    {
        if (sight.Traffic is { CapacityFactor: 1 } && (observer.Elapsed >= CutBy || (observer.Elapsed >= CutFrom && IsSettled(sight))))
        {
            await observer.SetCapacityAsync(CutTo, cancellation);
        }
    }

    // A warning may be of features alone, and stay as long as a cut does.
    private static bool IsSettled(SuiteSight sight) =>
        sight is { Trainer.Current: null, Drift: { Verdict: not Verdict.Drift } drift } && !(drift.Mae is { N: > 0 } error && error.Value > error.Limit);

    // A model that copes with a cut errs no more than before, so there is no drift to be found: it is cut until there is. Above all a
    // model that learned the first cut in a run before this one copes, or in a training that was under way. While one is, or while
    // a drift is seen that waits for its end, capacity is left as it is.
    private async Task CutDeeperAsync(SuiteSight sight, CancellationToken cancellation)
    {
        if (!IsSettled(sight))
        {
            _lastCut = observer.Elapsed;
        }

        if (observer.Elapsed - (_lastCut ??= observer.Elapsed) < CutEvery || sight.Traffic is not { } traffic)
        {
            return;
        }

        _lastCut = observer.Elapsed;
        var factor = traffic.CapacityFactor * DeeperBy;
        say($"{observer.Elapsed.TotalSeconds,6:0.0} s    no drift after {CutEvery.TotalSeconds:0} s: the model copes. Capacity is cut further, to {factor:P0} of full");
        await observer.SetCapacityAsync(factor, cancellation);
    }

    // What the registry did and why: a run that fails is explained by it.
    private void SayNews(SuiteSight sight)
    {
        foreach (var entry in sight.History.Where(e => e.Number > _newest).OrderBy(e => e.Number))
        {
            _newest = entry.Number;
            say($"{observer.Elapsed.TotalSeconds,6:0.0} s    {entry.Event} {entry.Version}: {entry.Reason}");
        }
    }

    private bool Seen(SmokeStep step, SuiteSight sight)
    {
        switch (step)
        {
            case SmokeStep.SuiteUp:
                return !sight.Silent.Any();
            case SmokeStep.TrafficFlows:
                return sight.Traffic is { Sent: > 0 } && sight.Limiter is { Decisions: > 0 };
            case SmokeStep.ModelServed:
                return sight.Limiter?.Champion?.Version is { Length: > 0 };
            case SmokeStep.ExplanationsPublished:
                return sight.Explainer is { Published: > 0 };
            case SmokeStep.CapacityCut:
                return Cut(sight);
            case SmokeStep.DriftFound:
                return FoundDrift(sight);
            case SmokeStep.ModelTrained:
                return After(sight, "registered", "rejected") is not null || sight.Trainer?.Current?.Step is "gates" or "register" or "shadow" or "canary";
            case SmokeStep.GatesPassed:
                return After(sight, "registered") is not null;
            case SmokeStep.Canary:
                return After(sight, "canary") is not null;
            case SmokeStep.FullShare:
                return After(sight, "promoted") is not null || sight.History.Any(
                    e => e.Event == "canary" && e.Reason.StartsWith("100 %", StringComparison.Ordinal) && e.At.ToDateTimeOffset() >= _drifted);
            case SmokeStep.Promoted:
                _versionAfter = After(sight, "promoted")?.Version ?? "";
                return _versionAfter.Length > 0;
            case SmokeStep.SwappedInLimiter:
                return sight.Limiter?.Champion?.Version is { Length: > 0 } served && Follow(sight, served);
            case SmokeStep.SwappedInExplainer:
                return sight.Explainer?.ChampionVersion == _versionAfter;
            case SmokeStep.DecisionsCarryIt:
                return sight.Traffic?.ShareOf(Newest(sight)) >= ShareWanted;
            case SmokeStep.DefaultPolicyFollowsIt:
                return sight.Traffic?.RefillIsClampedPrediction == 1;
            case SmokeStep.ErrorBack:
                return _recovery.ErrorAt is not null;
            case SmokeStep.ViolationsBack:
                return _recovery is { ViolationsAt: not null, IsWhole: true };
            default:
                throw new InvalidOperationException($"No such step {step}.");
        }
    }

    private bool Cut(SuiteSight sight)
    {
        _cutAt = TimeProvider.System.GetUtcNow();
        return sight.Traffic is { CapacityFactor: < 1 };
    }

    private bool FoundDrift(SuiteSight sight)
    {
        // Only those that start something: while a training is under way drift is said as well, and starts none.
        var alert = sight.Alerts
            .Where(a => a.Name == "drift" && a.At.ToDateTimeOffset() >= _cutAt && a.FollowedBy.StartsWith("retraining", StringComparison.Ordinal))
            .MinBy(a => a.At);
        if (alert is null || sight.Drift is null)
        {
            return false;
        }

        _drifted = alert.At.ToDateTimeOffset();
        _versionBefore = sight.Limiter?.Champion?.Version ?? "";
        _before = (sight.Drift.Mae?.Value ?? double.NaN, sight.Drift.ViolationRate?.Value ?? double.NaN);
        return true;
    }

    // The first such entry of the registry's history since drift was found.
    private HistoryEntry? After(SuiteSight sight, params string[] events) =>
        sight.History.Where(e => events.Contains(e.Event) && e.At.ToDateTimeOffset() >= _drifted).MinBy(e => e.Number);

    // A refit may be followed by the full training's model at once: the newest promotion is what must be served.
    private bool Follow(SuiteSight sight, string served)
    {
        _versionAfter = Newest(sight);
        return served == _versionAfter;
    }

    private string Newest(SuiteSight sight) =>
        sight.History.Where(e => e.Event == "promoted" && e.At.ToDateTimeOffset() >= _drifted).MaxBy(e => e.Number)?.Version ?? _versionAfter;

    private SmokeReport Report(SuiteSight? sight) => new()
    {
        Steps = _steps,
        VersionBefore = _versionBefore,
        VersionAfter = _versionAfter,
        Before = _before,
        After = (sight?.Drift?.Mae?.Value ?? double.NaN, sight?.Drift?.ViolationRate?.Value ?? double.NaN),
        ShareOfNewVersion = sight?.Traffic?.ShareOf(_versionAfter) ?? 0,
        Last = sight,
    };

    private static string Describe(SuiteSight? sight)
    {
        if (sight is null)
        {
            return "nothing answered yet";
        }

        var silent = sight.Silent.ToList();
        return string.Join(", ", new[]
        {
            silent.Count > 0 ? $"no answer from {string.Join(", ", silent)}" : null,
            sight.Traffic is { } traffic ? $"{traffic.Sent:N0} decided, {traffic.Throttled:N0} throttled, {traffic.Fraction:P0} of the run" : null,
            sight.Limiter?.Champion?.Version is { Length: > 0 } version ? $"model {version}" : "no model",
            sight.Drift is { } drift ? $"{drift.Verdict}, R {drift.Mae?.Value:0.000} (limit {drift.Mae?.Limit:0.000}, n {drift.Mae?.N}), p {drift.ViolationRate?.Value:0.0000}, {drift.RowsWritten:N0} rows" : null,
            sight.Trainer?.Current is { Step.Length: > 0 } current ? $"training: {current.Step} {current.Message}" : null,
            sight.Explainer is { } explainer ? $"{explainer.Published:N0} explanations" : null,
        }.Where(part => part is not null));
    }
}
