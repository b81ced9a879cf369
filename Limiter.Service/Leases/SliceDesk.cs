using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Decisions;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>Opens, and corrects, this replica's slices of shared buckets for the hot path. The client's shard is locked around every call.</summary>
internal sealed class SliceDesk(SharedBuckets shared)
{
    /// <summary>Readies the slice that a request draws on.</summary>
    /// <returns>False: the request draws on no shared bucket.</returns>
    /// <remarks>A lease covers a client's guarantee. Whom only the parent governs has none, and parents are each replica's own.</remarks>
    public bool TryReady(in DecisionRequest request, in ClientEntry entry, in DecisionRecord record)
    {
        if (entry.Kind is EntryKind.Overflow or EntryKind.NewOverflow || (record.Backend is not null && !entry.State.IsGoverned))
        {
            return false;
        }

        ref var slice = ref entry.Slice;
        slice.Limit = request.Policy.LimitAt(RateGovernor.InForce(request.Override, record.Guarantee));
        if (!ReferenceEquals(slice.Key?.Policy, request.Policy))
        {
            slice.Key = new LeaseKey(request.Policy, slice.Key?.ClientUtf8 ?? request.ClientId.ToArray());
        }

        if (!slice.IsOpen)
        {
            slice.Open(shared.Opening(request.Policy, slice.Limit.Capacity), shared.IsAway ? request.Now - SharedSlice.FreshFor : request.Now);
            shared.Opened(entry.Handle);
        }

        slice.Offered += request.CountsNothing ? 0 : request.Cost;
        return true;
    }

    /// <summary>Adds tokens to a slice, or takes them. The next renewal tells the row, whether anybody asks for the client again or not.</summary>
    /// <returns>What is left, here and in the row.</returns>
    public double Adjust(in ClientEntry entry, double tokens, TimeSpan now)
    {
        ref var slice = ref entry.Slice;
        slice.Tokens += tokens;
        if (!slice.IsOpen)
        {
            slice.Open(0, now);
            shared.Opened(entry.Handle);
        }

        return slice.Tokens + Math.Max(0, slice.RowTokens);
    }
}
