using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Contracts;
using Google.Protobuf.Collections;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Api;

/// <summary>From a message of the protocol to a decision and back: checks, asks the engine, publishes, maps.</summary>
internal sealed class Decider(
    DecisionEngine engine, PolicyHolder policies, OverrideHolder overrides, FeatureSchema schema, LimiterClock clock,
    DecisionEvents events, DecisionLog log, HeavyHitters heaviest, LimiterMetrics metrics)
{
    private const int ChargesMax = 8;

    /// <summary>Tells the engine of requests that are to be decided soon, so that their clients' states are at hand by then; among few clients they are anyway.</summary>
    /// <param name="requests">As they came, at most <paramref name="most"/>: what cannot be judged is told later, when it is asked for.</param>
    /// <param name="most">Bound of their number.</param>
    [SkipLocalsInit]
    public void Expect(RepeatedField<DecideRequest> requests, int most)
    {
        if (!engine.IsLarge)
        {
            return;
        }

        Span<byte> id = stackalloc byte[RequestChecks.ClientIdBytesMax];
        Span<ClientFingerprint> clients = stackalloc ClientFingerprint[most];
        var count = 0;
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            if (Encoding.UTF8.TryGetBytes(request.ClientId, id, out var length)
                && policies.Current.Resolve(request.Domain, request.ClientId)?.AtBackend(request.Backend) is { } policy)
            {
                clients[count++] = engine.ExpectIndex(id[..length], policy);
            }
        }

        foreach (var client in clients[..count])
        {
            engine.ExpectState(client);
        }
    }

    /// <summary>Decides one request.</summary>
    /// <inheritdoc cref="TryDecide(DecideRequest, TimeSpan, DecideResponse, out DecisionRecord, EncodedEvents)"/>
    public string? TryDecide(DecideRequest request, TimeSpan now, out DecideResponse? response) => TryDecide(request, now, out response, out _);

    /// <summary>Decides one request.</summary>
    /// <inheritdoc cref="TryDecide(DecideRequest, TimeSpan, DecideResponse, out DecisionRecord, EncodedEvents)"/>
    public string? TryDecide(DecideRequest request, TimeSpan now, out DecideResponse? response, out DecisionRecord record)
    {
        response = new DecideResponse();
        var fault = TryDecide(request, now, response, out record);
        response = fault is null ? response : null;
        return fault;
    }

    /// <summary>Decides one request.</summary>
    /// <param name="request">As it came.</param>
    /// <param name="now">Monotonic time of its arrival.</param>
    /// <param name="response">Filled in with the decision; left as it is where there is none.</param>
    /// <param name="record">The decision with all that led to it.</param>
    /// <param name="gathered">Receives the event, for <see cref="Publish"/>; null: it is published at once.</param>
    /// <returns>Why it could not be judged, naming the field; null: it was.</returns>
    [SkipLocalsInit]
    public string? TryDecide(DecideRequest request, TimeSpan now, DecideResponse response, out DecisionRecord record, EncodedEvents? gathered = null)
    {
        Span<double> features = stackalloc double[schema.Count];
        var fault = Check(request, features, out var address, out var policy) ?? CheckCharges(request);
        if (fault is not null)
        {
            record = DecisionRecord.Empty;
            return fault;
        }

        Span<byte> id = stackalloc byte[RequestChecks.ClientIdBytesMax];
        var client = Expect(request.ClientId, policy!, id);
        var unixMicroseconds = clock.UnixMicroseconds(now);
        var requestId = request.RequestId.Length > 0 ? request.RequestId : RequestIds.Make(unixMicroseconds);
        if (request.Charges.Count == 0)
        {
            Ask(
                policy!, client, request.HasCost ? request.Cost : policy!.Cost, address, features, now, takesNothing: false, countsNothing: false, out record,
                requestId);
        }
        else
        {
            AskAll(request, policy!, client, address, features, now, out record);
        }

        Follow(requestId, record, now, policy!.Reserve > 0);
        metrics.Decided(policy!.Name, record);
        heaviest.Count(client.Handle.Client, client.IdUtf8, policy.Number, !record.Allowed, now);
        var decision = DecisionEvents.Rent();
        DecisionMessages.Fill(decision, request, requestId, address, policy, record, features, unixMicroseconds);
        log.Offer(decision, now);
        if (gathered is null)
        {
            events.Publish(decision);
        }
        else
        {
            events.Gather(decision, gathered);
        }

        DecisionMessages.Fill(response, requestId, policy, record, schema);
        return null;
    }

    /// <summary>Publishes the events of decisions, in their order.</summary>
    public void Publish(EncodedEvents gathered) => events.Publish(gathered);

    private AskedClient Expect(string client, Policy policy, Span<byte> room)
    {
        var id = room[..Encoding.UTF8.GetBytes(client, room)];
        return new AskedClient(client, id, engine.Expect(id, policy));
    }

    private void Ask(
        Policy policy, in AskedClient client, double cost, IPAddress? address, Span<double> features, TimeSpan now, bool takesNothing, bool countsNothing, out DecisionRecord record,
        string requestId = "")
    {
        record = DecisionRecord.Empty;
        engine.Decide(
            new DecisionRequest
            {
                Policy = policy,
                ClientId = client.IdUtf8,
                Client = client.Handle,
                ClientName = client.Id,
                RequestId = requestId,
                Address = address,
                Cost = cost,
                Features = features,
                Override = overrides.Current.Find(policy.Domain, client.Id, address),
                TakesNothing = takesNothing,
                CountsNothing = countsNothing,
                Now = now,
            },
            ref record);
    }

    // The charges are looked at first, so that a request which one of them refuses takes nothing anywhere. Between look and take another
    // request may empty one of the buckets: then what was taken is given back.
    private void AskAll(
        DecideRequest request, Policy policy, in AskedClient client, IPAddress? address, Span<double> features, TimeSpan now, out DecisionRecord record)
    {
        Span<double> unused = stackalloc double[schema.Count];
        DecisionRecord? refused = null;
        foreach (var charge in request.Charges)
        {
            AskCharge(request, charge, address, unused, now, look: true, out var looked);
            if (!looked.Allowed)
            {
                refused = looked;
                break;
            }
        }

        Ask(
            policy, client, request.HasCost ? request.Cost : policy.Cost, address, features, now, takesNothing: refused is not null,
            countsNothing: false, out record);
        for (var i = 0; refused is null && record.Allowed && i < request.Charges.Count; i++)
        {
            AskCharge(request, request.Charges[i], address, unused, now, look: false, out var taken);
            record.Further.Add((taken.Client, taken.Taken));
            refused = taken.Allowed ? null : taken;
        }

        if (refused is { } by)
        {
            GiveBack(ref record, now);
            (record.Allowed, record.Reason, record.DecidedBy, record.RetryAfter) = (false, by.Reason, by.DecidedBy, by.RetryAfter);
        }
    }

    [SkipLocalsInit]
    private void AskCharge(DecideRequest request, Charge charge, IPAddress? address, Span<double> features, TimeSpan now, bool look, out DecisionRecord record)
    {
        features.Fill(double.NaN);
        var policy = policies.Current.Resolve(charge.Domain.Length > 0 ? charge.Domain : request.Domain, charge.ClientId)!;
        Span<byte> id = stackalloc byte[RequestChecks.ClientIdBytesMax];
        var client = Expect(charge.ClientId, policy, id);
        Ask(policy, client, charge.HasCost ? charge.Cost : policy.Cost, address, features, now, takesNothing: look, countsNothing: look, out record);
    }

    private void GiveBack(ref DecisionRecord record, TimeSpan now)
    {
        if (record.Taken > 0)
        {
            record.Remaining = engine.Adjust(record.Client, record.Taken, now);
            record.Taken = 0;
        }

        foreach (var (client, taken) in record.Further)
        {
            engine.Adjust(client, taken, now);
        }

        record.Further.Clear();
    }

    // An admission to a backend is in flight until its outcome is reported.
    private static void Follow(string requestId, in DecisionRecord record, TimeSpan now, bool reserved)
    {
        if (record.Backend is { } backend && record.Allowed && record.Cost > 0
            && backend.Admissions.Add(requestId, new OpenAdmission(record.Client, record.Cost, now, reserved)))
        {
            backend.Controller.Admitted(record.Cost, now, reserved);
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

        if (policy.AtBackend(request.Backend) is not { } here)
        {
            return NotAllowed(request.Backend, policy);
        }

        policy = here;
        return null;
    }

    private static string NotAllowed(string backend, Policy policy)
    {
        var allowed = policy.Elsewhere.Prepend(policy).Select(each => each.Backend).Where(name => name.Length > 0).ToArray();
        return $"backend is '{RequestChecks.Shorten(backend)}'; policy {policy.Name} allows {(allowed.Length == 0 ? "none" : string.Join(", ", allowed))}.";
    }

    private string? CheckCharges(DecideRequest request)
    {
        if (request.Charges.Count > ChargesMax)
        {
            return $"charges has {request.Charges.Count} entries; it must have at most {ChargesMax}.";
        }

        for (var i = 0; i < request.Charges.Count; i++)
        {
            var charge = request.Charges[i];
            var fault = RequestChecks.ClientId(charge.ClientId) ?? RequestChecks.Domain(charge.Domain) ?? (charge.HasCost ? RequestChecks.Cost(charge.Cost) : null);
            if (fault is null && policies.Current.Resolve(charge.Domain.Length > 0 ? charge.Domain : request.Domain, charge.ClientId) is null)
            {
                fault = $"domain is '{charge.Domain}'; no policy of such a domain matches the client.";
            }

            if (fault is not null)
            {
                return $"charges[{i}].{fault}";
            }
        }

        return null;
    }
}
