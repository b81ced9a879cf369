using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Buckets;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>Whether a request may go on by lists, overrides, its client's bucket and its backend's cap, in this order. Takes nothing.</summary>
internal sealed class BucketJudge(SharedBuckets? shared)
{
    // When the in-flight cap throttles, the split and the cap are looked at again after this long.
    private static readonly TimeSpan InFlightRetry = TimeSpan.FromMilliseconds(100);

    // When a slice of a shared bucket is empty and its row may not be, the next renewal has been answered after this long.
    private static readonly TimeSpan RenewalWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Judges a request whose client's bucket is refilled.</summary>
    public void Judge(in DecisionRequest request, in ClientEntry entry, Limit limit, ref DecisionRecord record)
    {
        var policy = request.Policy;
        var cost = request.Cost > 0 ? request.Cost : policy.Cost;
        ref var bucket = ref entry.State.Bucket;
        if (!policy.Deny.IsEmpty && policy.Deny.Contains(request.ClientName, request.Address))
        {
            record.Throttle(DecidedBy.List, DecisionReason.DenyListed, TimeSpan.Zero);
        }
        else if (request.Override is { Deny: true })
        {
            record.Throttle(DecidedBy.Override, DecisionReason.OverrideDenied, TimeSpan.Zero);
        }
        else if (!policy.Allow.IsEmpty && policy.Allow.Contains(request.ClientName, request.Address))
        {
            record.Allow(DecidedBy.List, DecisionReason.AllowListed);
        }
        else if (request.Cost > (record.Leased ? shared!.Largest(policy, limit.Capacity) : limit.Capacity))
        {
            record.Throttle(DecidedBy.Bucket, DecisionReason.CostExceedsCapacity, TimeSpan.Zero);
        }
        else if ((!record.Leased || record.Backend is not null) && !bucket.Has(cost))
        {
            ThrottleEmpty(request, entry.Kind, ref record, bucket.TimeUntil(cost));
        }
        else if (record.Leased && !entry.Slice.Has(cost, request.Now))
        {
            MissSlice(request, ref entry.Slice, cost, ref record);
        }
        else if (record.Backend is { } backend && backend.Controller.IsAtCap(request.Cost, policy.Reserve > 0))
        {
            record.Throttle(DecidedBy.Inflight, DecisionReason.InflightCap, InFlightRetry);
        }
        else
        {
            record.Allow(DecidedBy.Bucket, request.Cost > 0 ? DecisionReason.WithinLimit : DecisionReason.LookOnly);
        }
    }

    // Empty by the row's word, or nobody can say: then the policy's fail mode does.
    private static void MissSlice(in DecisionRequest request, ref SharedSlice slice, double cost, ref DecisionRecord record)
    {
        if (slice.IsStale(request.Now))
        {
            if (request.Policy.FailMode == FailMode.Open)
            {
                record.Allow(DecidedBy.Bucket, DecisionReason.FailOpen);
            }
            else
            {
                record.Throttle(DecidedBy.Bucket, DecisionReason.FailClosed, SharedSlice.FreshFor);
            }

            return;
        }

        slice.Wanted = Math.Max(slice.Wanted, cost);
        var missing = cost - Math.Max(0, slice.Tokens) - Math.Max(0, slice.RowTokens);
        var wait = missing > 0 ? slice.Limit.TimeToRefill(missing) : TimeSpan.Zero;
        ThrottleEmpty(request, EntryKind.Known, ref record, wait > RenewalWait ? wait : RenewalWait);
    }

    // Who is to blame for an empty bucket: whatever made the refill rate what it is.
    private static void ThrottleEmpty(in DecisionRequest request, EntryKind kind, ref DecisionRecord record, TimeSpan wait)
    {
        if (kind is EntryKind.Overflow or EntryKind.NewOverflow)
        {
            record.Throttle(DecidedBy.Bucket, DecisionReason.ClientTableFull, wait);
        }
        else if (request.Override is not null)
        {
            record.Throttle(DecidedBy.Override, DecisionReason.OverrideLimit, wait);
        }
        else if (record.Backend is not null && record.EffectiveRate < record.Guarantee)
        {
            record.Throttle(DecidedBy.Parent, DecisionReason.ParentEmpty, wait);
        }
        else
        {
            record.Throttle(DecidedBy.Bucket, DecisionReason.BucketEmpty, wait);
        }
    }
}
