using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Overview;

/// <summary>What an engineer on call reads first: healthy or not, and why not.</summary>
/// <param name="Level">The worst of all findings.</param>
/// <param name="Findings">Whole sentences, the worst first; empty where all is well.</param>
public sealed record HealthVerdict(HealthLevel Level, IReadOnlyList<string> Findings)
{
    /// <summary>Judges a snapshot.</summary>
    public static HealthVerdict Of(Snapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var findings = Limiter(snapshot.Limiter).Concat(Drift(snapshot.Drift)).Concat(Trainer(snapshot.Trainer))
            .Append((HealthLevel.Warning, snapshot.Explainer.Problem))
            .Append((HealthLevel.Warning, snapshot.BrokerProblem))
            .Where(f => f.Item2.Length > 0)
            .OrderByDescending(f => f.Item1).ToList();
        return new HealthVerdict(findings.Count > 0 ? findings[0].Item1 : HealthLevel.Healthy, [.. findings.Select(f => f.Item2).Distinct()]);
    }

    private static IEnumerable<(HealthLevel, string)> Limiter(Answer<LimiterStatus> limiter)
    {
        yield return (HealthLevel.Unhealthy, limiter.Problem);
        if (limiter is not { IsUp: true, Value: { } status })
        {
            yield break;
        }

        yield return (HealthLevel.Warning, Sentence("No newer model could be loaded", status.ModelProblem));
        yield return (HealthLevel.Warning, Sentence("The policy file was refused", status.PolicyProblem));
        if (status.Champion is null)
        {
            yield return (HealthLevel.Unknown, "No model serves yet: the policies' fallback rates apply.");
        }

        foreach (var backend in status.Backends)
        {
            yield return (HealthLevel.Warning, backend.Observed || status.Decisions == 0 ? "" : $"Backend {backend.Name} is not observed: too few outcomes are reported to steer by.");
            yield return (HealthLevel.Warning, backend.Congested ? $"Backend {backend.Name} is congested; its rate was cut." : "");
        }
    }

    private static IEnumerable<(HealthLevel, string)> Drift(Answer<DriftView> drift)
    {
        yield return (HealthLevel.Warning, drift.Problem);
        if (drift is { IsUp: true, Value.Status: { } status })
        {
            var firing = string.Join(", ", status.Detectors.Where(d => d.Firing).Select(d => d.Name));
            yield return status.Verdict switch
            {
                Verdict.Drift => (HealthLevel.Unhealthy, $"Drift: the model's error is over its limit ({(firing.Length > 0 ? firing : "no detector named")})."),
                Verdict.Warning => (HealthLevel.Warning, $"Signs of drift ({(firing.Length > 0 ? firing : "one window over its limit")})."),
                Verdict.Unknown => (HealthLevel.Unknown, "Too few labels to judge the model yet."),
                _ => (HealthLevel.Healthy, ""),
            };
        }
    }

    private static IEnumerable<(HealthLevel, string)> Trainer(Answer<TrainerView> trainer)
    {
        yield return (HealthLevel.Warning, trainer.Problem);
        if (trainer is { IsUp: true, Value: { } view })
        {
            yield return (HealthLevel.Warning, view.Status.PromotionStopped ? "Two rollbacks in a day: promotion waits for a person." : "");
            yield return (HealthLevel.Unhealthy, view.ChainIntact || view.History.Count == 0 ? "" : "The model history's hash chain is broken.");
        }
    }

    private static string Sentence(string start, string cause) => cause.Length == 0 ? "" : $"{start}: {cause}";
}
