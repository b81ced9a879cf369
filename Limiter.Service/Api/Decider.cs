using System.Net;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Api;

/// <summary>From a message of the protocol to a decision and back: checks, asks the engine, publishes, maps.</summary>
internal sealed class Decider(
    DecisionEngine engine, PolicyHolder policies, OverrideHolder overrides, FeatureSchema schema, LimiterClock clock,
    DecisionEvents events, LimiterMetrics metrics)
{
    /// <summary>Decides one request.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="now">Monotonic time of its arrival.</param>
    /// <param name="response">The decision; null where it could not be judged.</param>
    /// <returns>Why it could not be judged, naming the field; null: it was.</returns>
    public string? TryDecide(DecideRequest request, TimeSpan now, out DecideResponse? response)
    {
        response = null;
        Span<double> features = stackalloc double[schema.Count];
        var fault = Check(request, features, out var address, out var policy);
        if (fault is not null)
        {
            return fault;
        }

        response = Decide(request, policy!, address, features, now);
        return null;
    }

    private DecideResponse Decide(DecideRequest request, Policy policy, IPAddress? address, Span<double> features, TimeSpan now)
    {
        Span<byte> id = stackalloc byte[RequestChecks.ClientIdBytesMax];
        id = id[..Encoding.UTF8.GetBytes(request.ClientId, id)];
        var record = DecisionRecord.Empty;
        engine.Decide(
            new DecisionRequest
            {
                Policy = policy,
                ClientId = id,
                ClientName = request.ClientId,
                Address = address,
                Cost = request.HasCost ? request.Cost : policy.Cost,
                Features = features,
                Override = overrides.Current.Find(policy.Domain, request.ClientId, address),
                Now = now,
            },
            ref record);
        var requestId = request.RequestId.Length > 0 ? request.RequestId : Guid.CreateVersion7(clock.Utc(now)).ToString();
        Follow(requestId, record, now);
        metrics.Decided(policy.Name, record);
        events.Publish(DecisionMessages.ToEvent(request, requestId, address, policy, record, features, clock.UnixMicroseconds(now)));
        return DecisionMessages.ToResponse(requestId, policy, record, schema);
    }

    // An admission to a backend is in flight until its outcome is reported.
    private static void Follow(string requestId, in DecisionRecord record, TimeSpan now)
    {
        if (record.Backend is { } backend && record.Allowed && record.Cost > 0
            && backend.Admissions.Add(requestId, new OpenAdmission(record.Client, record.Cost, now)))
        {
            backend.Controller.Admitted(record.Cost, now);
        }
    }

    private string? Check(DecideRequest request, Span<double> features, out IPAddress? address, out Policy? policy)
    {
        address = null;
        policy = null;
        var fault = RequestChecks.ClientId(request.ClientId)
            ?? RequestChecks.Domain(request.Domain)
            ?? RequestChecks.RequestId(request.RequestId)
            ?? (request.HasCost ? RequestChecks.Cost(request.Cost) : null)
            ?? RequestChecks.Attempt(request.Attempt)
            ?? RequestChecks.Address(request.ClientIp, out address)
            ?? RequestChecks.Features(request.Features, schema, features);
        if (fault is not null)
        {
            return fault;
        }

        policy = policies.Current.Resolve(request.Domain, request.ClientId);
        if (policy is null)
        {
            return $"domain is '{request.Domain}'; no policy of such a domain matches the client.";
        }

        return request.Backend.Length > 0 && request.Backend != policy.Backend
            ? $"backend is '{RequestChecks.Shorten(request.Backend)}'; policy {policy.Name} has {(policy.Backend.Length == 0 ? "none" : $"'{policy.Backend}'")}."
            : null;
    }
}
