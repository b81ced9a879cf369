using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Says what the Limiter is doing.</summary>
internal sealed class LimiterStatusReporter(
    IOptions<LimiterOptions> options, TimeProvider time, LimiterMetrics metrics, RateMeter rates, ModelHolder models, ClientTable clients,
    BackendDirectory backends, PolicyHolder policies, LimiterClock clock, DecisionEvents decisions, OutcomeEvents outcomes, ExplanationQueue explanations,
    ExplanationStream explanationStream, EventOutbox outbox, TopClients topClients, LeaseKeeper? leases = null)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public LimiterStatus Report(bool includeClients)
    {
        var snapshot = models.Current;
        var report = new LimiterStatus
        {
            Replica = options.Value.Replica,
            At = Timestamp.FromDateTimeOffset(time.GetUtcNow()),
            StartedAt = Timestamp.FromDateTimeOffset(_startedAt),
            Champion = ToMessage(snapshot.Champion, ModelStates.Champion, 1 - (snapshot.Stage == ChallengerStage.Canary ? snapshot.Share : 0), snapshot.Since),
            Challenger = ToMessage(
                snapshot.Challenger, snapshot.Stage == ChallengerStage.Canary ? ModelStates.Canary : ModelStates.Shadow, snapshot.Share, snapshot.Since),
            Previous = ToMessage(snapshot.Previous, ModelStates.Previous, 0, snapshot.Since),
            Decisions = (ulong)metrics.Decisions,
            Throttled = (ulong)metrics.Throttled,
            DecisionsPerSecond = rates.DecisionsPerSecond,
            ThrottledPerSecond = rates.ThrottledPerSecond,
            Clients = (ulong)clients.Count,
            ClientsEvicted = (ulong)clients.Evicted,
            ModelProblem = models.Problem,
            PolicyProblem = policies.Problem,
        };
        if (leases is not null)
        {
            report.Leases = new LeaseStatus { Replicas = (uint)leases.Replicas, Leases = (ulong)leases.Leases, Problem = leases.Problem };
        }

        report.Backends.AddRange(backends.All.OrderBy(b => b.Name, StringComparer.Ordinal).Select(ToMessage));
        report.Policies.AddRange(policies.Current.Policies.Select(ToMessage));
        report.Drops.AddRange(Drops().Where(drop => drop.Value > 0).Select(drop => new Counter { Name = drop.Name, Value = (ulong)drop.Value }));
        if (includeClients)
        {
            report.TopClients.AddRange(topClients.Report(clock.Now));
        }

        return report;
    }

    /// <summary>What was dropped at a bound, by cause.</summary>
    public IEnumerable<(string Name, long Value)> Drops() =>
    [
        ("decisions_queue_full", decisions.Records.Dropped),
        ("outcomes_queue_full", outcomes.Records.Dropped),
        ("spool_full", outbox.Lost),
        ("explanations_throttled_queue_full", explanations.Throttled.Dropped),
        ("explanations_allowed_queue_full", explanations.Allowed.Dropped),
        ("explanations_stream_broken", explanationStream.Lost),
        ("admissions_not_followed", backends.All.Sum(b => b.Admissions.Dropped)),
        ("clients_without_room", clients.Refused),
    ];

    private static Contracts.V1.ServedModel? ToMessage(LoadedModel? model, string stage, double share, DateTimeOffset since) =>
        model is null ? null : new Contracts.V1.ServedModel
        {
            Version = model.Version,
            Sha256 = model.Sha256,
            Stage = stage,
            Share = share,
            Since = Timestamp.FromDateTimeOffset(since),
            Decisions = (ulong)model.Decisions,
        };

    private static BackendStatus ToMessage(Backend backend)
    {
        var controller = backend.Controller;
        return new BackendStatus
        {
            Name = backend.Name,
            ParentRate = controller.ParentRate,
            InFlight = controller.InFlight,
            InFlightCap = controller.Cap,
            BaseLatencyS = controller.BaseLatencySeconds,
            WindowLatencyS = controller.WindowLatencySeconds,
            CompletionsPerSecond = controller.CompletionRate,
            Congested = controller.Congested,
            Observed = controller.Observed,
            State = controller.State.ToString().ToLowerInvariant(),
            ProbeBudget = backend.Probes.Rate,
            ProbeScale = backend.Probes.Scale,
            Probes = (ulong)backend.Probes.Admitted,
            ProbeCost = backend.Probes.Spent,
            DitheredClients = (uint)(backend.Dither?.Moved ?? 0),
            DitherUps = backend.Dither?.Ups ?? 0,
            ReservedShare = controller.ReservedShare,
        };
    }

    internal PolicyStatus ToMessage(Policy policy)
    {
        var (decided, throttled) = metrics.OfPolicy(policy.Name);
        var status = new PolicyStatus
        {
            Name = policy.Name,
            Domain = policy.Domain,
            Backend = policy.Backend,
            Model = policy.Model.ToString().ToLowerInvariant(),
            Enforce = policy.Enforce,
            Decisions = (ulong)decided,
            Throttled = (ulong)throttled,
            Probes = (ulong)metrics.ProbesOf(policy.Name),
            AutoModel = policy.Auto is { } auto ? ToMessage(auto) : null,
        };
        if (policy.Scheduled >= 0)
        {
            status.ScheduleRule = (uint)policy.Scheduled;
        }

        return status;
    }

    private static AutoModelStatus ToMessage(AutoModel auto) => new()
    {
        State = auto.State.ToString().ToLowerInvariant(),
        Blocks = (ulong)auto.Blocks,
        GovernedClients = (uint)auto.Last.Governed,
        OtherClients = (uint)auto.Last.Others,
        GovernedLoss = auto.Last.GovernedLoss,
        OtherLoss = auto.Last.OthersLoss,
        PValue = auto.Last.PValue,
        Withdrawn = (ulong)auto.Withdrawn,
    };
}
