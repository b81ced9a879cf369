using System.Text;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Takes what became of admitted requests: into the client's latency, its backend's controller, and the events.</summary>
internal sealed class OutcomeIntake(
    ClientTable clients, PolicyHolder policies, BackendDirectory backends, LimiterClock clock, OutcomeEvents events, LimiterMetrics metrics)
{
    public const int OutcomesMax = 4096;
    private const double LatencyMax = 3600;

    /// <summary>Takes one report, all of it or none.</summary>
    /// <returns>What is wrong with it, naming the field; null: nothing.</returns>
    public string? TryReport(ReportOutcomesRequest request, out ReportOutcomesResponse? response)
    {
        response = null;
        if (request.Outcomes.Count is 0 or > OutcomesMax)
        {
            return $"outcomes has {request.Outcomes.Count} entries; it must have 1..{OutcomesMax}.";
        }

        for (var i = 0; i < request.Outcomes.Count; i++)
        {
            if (Check(request.Outcomes[i]) is { } fault)
            {
                return $"outcomes[{i}].{fault}";
            }
        }

        var now = clock.Now;
        response = new ReportOutcomesResponse();
        foreach (var outcome in request.Outcomes)
        {
            if (Report(outcome, now))
            {
                response.Accepted++;
            }
            else
            {
                response.Unknown++;
                metrics.UnknownOutcome();
            }
        }

        return null;
    }

    private bool Report(Outcome outcome, TimeSpan now)
    {
        metrics.Outcome(outcome.Class.Word());
        var policy = policies.Current.Resolve(outcome.Domain, outcome.ClientId);
        if (policy is null)
        {
            return false;
        }

        // A request may have gone to another backend than the policy's own: where it is in flight is where it went.
        if (Take(outcome, policy, now) || policy.Elsewhere.Any(elsewhere => Take(outcome, elsewhere, now)))
        {
            return true;
        }

        return policy.Backend.Length == 0 && TakeWithoutBackend(outcome, policy, now);
    }

    private bool TakeWithoutBackend(Outcome outcome, Policy policy, TimeSpan now)
    {
        using var entry = clients.EnterKnown(Encoding.UTF8.GetBytes(outcome.ClientId), policy.Number);
        AddLatency(entry, outcome, now);
        events.Publish(policy.Name, ToEvent(outcome, policy, outcome.HasCost ? outcome.Cost : policy.Cost, now));
        return entry.Exists;
    }

    private bool Take(Outcome outcome, Policy policy, TimeSpan now)
    {
        if (policy.Backend.Length == 0)
        {
            return false;
        }

        var backend = backends.Find(policy.Backend);
        if (!backend.Admissions.TryTake(outcome.RequestId, out var admission))
        {
            return false;   // Reported twice, or after its time.
        }

        using (var entry = clients.Enter(admission.Client))
        {
            AddLatency(entry, outcome, now);
            if (entry.Exists && IsSpoilt(outcome, backend))
            {
                entry.Split.Spoilt += (float)admission.Cost;
            }
        }

        backend.Controller.Completed(admission.At, outcome.LatencyS, outcome.Class, admission.Cost, now, admission.Reserved);
        events.Publish(policy.Name, ToEvent(outcome, policy, outcome.HasCost ? outcome.Cost : admission.Cost, now));
        return true;
    }

    private static bool IsSpoilt(Outcome outcome, Backend backend) =>
        outcome.Class is OutcomeClass.ServerError or OutcomeClass.Timeout or OutcomeClass.Shed || outcome.LatencyS > backend.Controller.Options.Slo.TotalSeconds;

    // A timeout says how long the caller waited, not how long the backend takes.
    private static void AddLatency(in ClientEntry entry, Outcome outcome, TimeSpan now)
    {
        if (entry.Exists && outcome.Class is OutcomeClass.Ok or OutcomeClass.ClientError)
        {
            entry.State.Activity.AddLatency(outcome.LatencyS, now);
        }
    }

    private OutcomeEvent ToEvent(Outcome outcome, Policy policy, double cost, TimeSpan now)
    {
        var reportedAt = clock.Utc(now);
        var completedAt = outcome.CompletedAt?.ToDateTimeOffset() ?? reportedAt;
        return new OutcomeEvent
        {
            RequestId = outcome.RequestId,
            ClientId = outcome.ClientId,
            Backend = policy.Backend,
            CompletedAtUs = (completedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
            LatencyS = outcome.LatencyS,
            Class = outcome.Class,
            Cost = cost,
            ReportedAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(reportedAt),
        };
    }

    private static string? Check(Outcome outcome)
    {
        if (outcome.RequestId.Length is 0 or > RequestChecks.RequestIdLengthMax)
        {
            return $"request_id has {outcome.RequestId.Length} characters; it must have 1..{RequestChecks.RequestIdLengthMax}.";
        }

        if (!(outcome.LatencyS is >= 0 and <= LatencyMax))
        {
            return FormattableString.Invariant($"latency_s is {outcome.LatencyS}; it must be 0..{LatencyMax}.");
        }

        if (outcome.Class == OutcomeClass.Unspecified || !System.Enum.IsDefined(outcome.Class))
        {
            return $"class is {(int)outcome.Class}; it must be one of ok, client_error, server_error, timeout, shed.";
        }

        if (outcome.CompletedAt is { } at && (at.Nanos is < 0 or > 999_999_999 || at.Seconds is < 0 or > 253_402_300_799))
        {
            return "completed_at is out of range; it must be a time from 1970 to 9999.";
        }

        return RequestChecks.ClientId(outcome.ClientId) ?? RequestChecks.Domain(outcome.Domain)
            ?? (outcome.HasCost ? RequestChecks.Cost(outcome.Cost) : null);
    }
}
