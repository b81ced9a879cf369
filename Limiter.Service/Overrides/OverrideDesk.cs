using System.Net;
using Google.Protobuf.WellKnownTypes;
using Npgsql;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;

namespace RateLimitSuite.Limiter.Overrides;

/// <summary>Sets, removes and lists overrides for operators. What is set here is in force here at once, elsewhere within two seconds.</summary>
internal sealed class OverrideDesk(OverrideStore store, OverrideHolder holder, OverrideRefresher refresher, TimeProvider time)
{
    private const int ReasonMax = 4000;   // room for the evidence that an agent's reason rests on
    private const int RequestIdsMax = 100;
    private const double FactorMax = 100;
    private const double RateMax = 1e9;
    private const int ListMax = 1000;
    private const int ListDefault = 100;

    private static readonly TimeSpan TtlShortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TtlLongest = TimeSpan.FromDays(30);

    public async Task<Override> SetAsync(SetOverrideRequest request, string actor, CancellationToken cancellationToken)
    {
        var wanted = request.Override ?? throw Faults.InvalidArgument("override is missing.");
        var subnet = Check(request, wanted, out var ttl);
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now).ToString();
        var added = new StoredOverride
        {
            Id = id,
            ClientId = wanted.ClientId,
            Subnet = subnet,
            Domain = wanted.Domain,
            Effect = new ActiveOverride(
                id,
                wanted.EffectCase == Override.EffectOneofCase.RefillRate ? wanted.RefillRate : double.NaN,
                wanted.EffectCase == Override.EffectOneofCase.Factor ? wanted.Factor : double.NaN,
                wanted.EffectCase == Override.EffectOneofCase.Deny),
            Reason = wanted.Reason,
            SetBy = actor,
            SetAt = now,
            ExpiresAt = now + ttl,
            RequestIds = [.. wanted.RequestIds],
        };
        await KeptAsync(() => store.AddAsync(added, cancellationToken), cancellationToken);
        return ToMessage(added);
    }

    public async Task<RemoveOverrideResponse> RemoveAsync(RemoveOverrideRequest request, string actor, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(request.Id, out var id))
        {
            throw Faults.InvalidArgument($"id is '{RequestChecks.Shorten(request.Id)}'; it must be the id of an override.");
        }

        CheckReason(request.Reason);
        StoredOverride? ended = null;
        await KeptAsync(
            async () => ended = await store.EndAsync(id, actor, request.Reason, time.GetUtcNow(), cancellationToken), cancellationToken);
        return new RemoveOverrideResponse { Removed = ToMessage(ended ?? throw Faults.NotFound($"No override {id} is in force.")) };
    }

    public async Task<ListOverridesResponse> ListAsync(ListOverridesRequest request, CancellationToken cancellationToken)
    {
        if (request.Limit is < 0 or > ListMax)
        {
            throw Faults.InvalidArgument($"limit is {request.Limit}; it must be 1..{ListMax}, or 0 for {ListDefault}.");
        }

        var limit = request.Limit == 0 ? ListDefault : request.Limit;
        var response = new ListOverridesResponse();
        response.Overrides.AddRange(holder.Current.All.Where(o => o.ExpiresAt > time.GetUtcNow()).Take(limit).Select(ToMessage));
        if (request.IncludeEnded)
        {
            IReadOnlyList<AuditEntry> audit = [];
            await ReadAsync(async () => audit = await store.AuditAsync(limit, cancellationToken));
            response.Audit.AddRange(audit.Select(ToMessage));
        }

        return response;
    }

    private static IPNetwork? Check(SetOverrideRequest request, Override wanted, out TimeSpan ttl)
    {
        CheckReason(wanted.Reason);
        ttl = TimeSpan.Zero;
        var ttlFault = request.Ttl is null ? "ttl is missing; it must be 1 s to 30 d." : RequestChecks.Duration(request.Ttl, "ttl", TtlShortest, TtlLongest, ref ttl);
        if (ttlFault is not null)
        {
            throw Faults.InvalidArgument(ttlFault);
        }

        if (wanted.RequestIds.Count > RequestIdsMax || wanted.RequestIds.Any(id => RequestChecks.RequestId(id) is not null))
        {
            throw Faults.InvalidArgument($"override.request_ids must be at most {RequestIdsMax} ids of at most {RequestChecks.RequestIdLengthMax} characters.");
        }

        CheckEffect(wanted);
        if (RequestChecks.Domain(wanted.Domain) is { } domainFault)
        {
            throw Faults.InvalidArgument($"override.{domainFault}");
        }

        return CheckTarget(wanted);
    }

    private static IPNetwork? CheckTarget(Override wanted)
    {
        switch (wanted.TargetCase)
        {
            case Override.TargetOneofCase.ClientId:
                return RequestChecks.ClientId(wanted.ClientId, "override.client_id") is { } fault ? throw Faults.InvalidArgument(fault) : null;
            case Override.TargetOneofCase.Subnet:
                return IPNetwork.TryParse(wanted.Subnet, out var subnet)
                    ? subnet
                    : throw Faults.InvalidArgument($"override.subnet is '{RequestChecks.Shorten(wanted.Subnet)}'; it must be a network in CIDR notation, such as 10.1.2.0/24.");
            default:
                throw Faults.InvalidArgument("override has no target; it must name a client_id or a subnet.");
        }
    }

    private static void CheckEffect(Override wanted)
    {
        var fault = wanted.EffectCase switch
        {
            Override.EffectOneofCase.RefillRate when !(wanted.RefillRate is > 0 and <= RateMax) =>
                $"override.refill_rate is {wanted.RefillRate}; it must be over 0 and at most {RateMax} tokens/s.",
            Override.EffectOneofCase.Factor when !(wanted.Factor is > 0 and <= FactorMax) =>
                $"override.factor is {wanted.Factor}; it must be over 0 and at most {FactorMax}.",
            Override.EffectOneofCase.Deny when !wanted.Deny => "override.deny is false; leave it out, or set it to true.",
            Override.EffectOneofCase.None => "override has no effect; it must name a refill_rate, a factor or deny.",
            _ => null,
        };
        if (fault is not null)
        {
            throw Faults.InvalidArgument(fault);
        }
    }

    private static void CheckReason(string reason)
    {
        if (reason.Length is 0 or > ReasonMax)
        {
            throw Faults.InvalidArgument($"reason has {reason.Length} characters; it must have 1..{ReasonMax}.");
        }

        if (RequestChecks.Text(reason, "reason") is { } fault)
        {
            throw Faults.InvalidArgument(fault);
        }
    }

    private async Task KeptAsync(Func<Task> change, CancellationToken cancellationToken) => await ReadAsync(async () =>
    {
        await change();
        await refresher.RefreshAsync(cancellationToken);
    });

    private static async Task ReadAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (NpgsqlException fault)
        {
            throw Faults.Unavailable($"The database that keeps overrides is away: {fault.Message} Those in force stay in force.");
        }
    }

    private static Override ToMessage(StoredOverride stored)
    {
        var message = new Override
        {
            Id = stored.Id,
            Domain = stored.Domain,
            Reason = stored.Reason,
            SetBy = stored.SetBy,
            SetAt = Timestamp.FromDateTimeOffset(stored.SetAt),
            ExpiresAt = Timestamp.FromDateTimeOffset(stored.ExpiresAt),
        };
        if (stored.Subnet is { } subnet)
        {
            message.Subnet = subnet.ToString();
        }
        else
        {
            message.ClientId = stored.ClientId;
        }

        if (stored.Effect.Deny)
        {
            message.Deny = true;
        }
        else if (double.IsNaN(stored.Effect.Factor))
        {
            message.RefillRate = stored.Effect.RefillRate;
        }
        else
        {
            message.Factor = stored.Effect.Factor;
        }

        message.RequestIds.AddRange(stored.RequestIds);
        return message;
    }

    private static OverrideAudit ToMessage(AuditEntry entry) => new()
    {
        Number = entry.Number,
        At = Timestamp.FromDateTimeOffset(entry.At),
        Action = entry.Action,
        Actor = entry.Actor,
        Reason = entry.Reason,
        Override = ToMessage(entry.Override),
    };
}
