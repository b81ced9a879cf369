using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>The open slices of this replica: says what to ask for each, and books what was given.</summary>
/// <remarks>Free of I/O and of clocks; one caller at a time. Between question and answer the hot path goes on spending: what is asked for
/// is added to whatever is left then, and what is handed back is taken away before the question is put.</remarks>
internal sealed class LeaseLedger(ClientTable clients, SharedBuckets shared)
{
    private const double DemandSeconds = 0.5;

    // A slice is worth so much of the demand here, and at least so much of the refill rate.
    private const double SliceDemandSeconds = 0.1;
    private const double SliceRefillSeconds = 0.05;

    // Beyond its target times this a slice is handed back in part: demand went elsewhere.
    private const double Excess = 2;

    private static readonly TimeSpan RenewAfter = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleAfter = TimeSpan.FromSeconds(2);

    private readonly List<OpenLease> _open = [];
    private TimeSpan _preparedAt;

    /// <summary>Slices that are renewed.</summary>
    public int Count => _open.Count;

    /// <summary>The renewals that are due.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="leave">Whether everything is handed back: the replica is about to stop.</param>
    /// <param name="due">Receives them, with what <see cref="Book"/> needs to know.</param>
    public void Prepare(TimeSpan now, bool leave, List<PendingRenewal> due)
    {
        while (shared.TryTakeOpened(out var opened))
        {
            _open.Add(new OpenLease(opened) { AskedAt = now });
        }

        var seconds = (now - _preparedAt).TotalSeconds;
        _preparedAt = now;
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var lease = _open[i];
            using var entry = clients.Enter(lease.Client);
            if (!entry.Exists || lease.IsClosed)
            {
                // The last takes its place: the order is of no matter.
                _open[i] = _open[^1];
                _open.RemoveAt(_open.Count - 1);
                continue;
            }

            Look(lease, ref entry.Slice, seconds, now);
            if (Ask(lease, ref entry.Slice, now, leave) is { } renewal)
            {
                due.Add(new PendingRenewal(lease, renewal, entry.Slice.Opened));
            }
        }
    }

    /// <summary>Books answers.</summary>
    /// <param name="asked">What was asked.</param>
    /// <param name="grants">What was given. Whose row was only just made has no answer, and nothing happened to it.</param>
    /// <param name="sentAt">When the question was put: the slices' lives count from then.</param>
    public void Book(IReadOnlyList<PendingRenewal> asked, IReadOnlyList<LeaseGrant> grants, TimeSpan sentAt)
    {
        var answered = new bool[asked.Count];
        foreach (var grant in grants)
        {
            answered[grant.Index] = true;
            BookOne(asked[grant.Index], grant, sentAt);
        }

        for (var i = 0; i < asked.Count; i++)
        {
            using var entry = clients.Enter(asked[i].Lease.Client);
            if (!answered[i] && entry.Exists)
            {
                entry.Slice.Tokens += Math.Max(0, asked[i].Renewal.Settled);
            }
        }
    }

    private void BookOne(in PendingRenewal asked, LeaseGrant grant, TimeSpan sentAt)
    {
        using var entry = clients.Enter(asked.Lease.Client);
        if (!entry.Exists)
        {
            return;
        }

        ref var slice = ref entry.Slice;
        slice.Tokens += grant.Given + Math.Max(0, -asked.Renewal.Settled);
        slice.Opened = Math.Max(0, slice.Opened - asked.Opened);
        slice.RowTokens = grant.RowTokens;
        slice.RenewedAt = sentAt;
        asked.Lease.RenewedAt = sentAt;

        // A request may have come meanwhile: then the slice stays open, and what it owes is settled by the next renewal.
        slice.IsOpen = grant.Held || slice.Offered > 0 || slice.Tokens != 0;
        asked.Lease.IsClosed = !slice.IsOpen;
    }

    private static void Look(OpenLease lease, ref SharedSlice slice, double seconds, TimeSpan now)
    {
        if (slice.Offered > 0)
        {
            lease.AskedAt = now;
        }

        if (seconds > 0)
        {
            lease.Demand += ((slice.Offered / seconds) - lease.Demand) * (1 - Math.Exp(-seconds / DemandSeconds));
        }

        slice.Offered = 0;
        if (slice.Tokens > 0 && now - slice.RenewedAt >= SharedSlice.Life)
        {
            slice.Tokens = 0;   // Lapsed: the row may have given them to others.
        }
    }

    private LeaseRenewal? Ask(OpenLease lease, ref SharedSlice slice, TimeSpan now, bool leave)
    {
        var policy = slice.Key!.Policy;
        var limit = slice.Limit;
        leave |= now - lease.AskedAt >= IdleAfter;
        var opening = shared.Opening(policy, limit.Capacity);
        var target = leave ? 0 : Target(lease, slice, opening);
        var hasExcess = slice.Tokens > target * Excess && slice.Opened == 0;
        var isEnough = slice.Tokens >= target * 0.5 && slice.Tokens >= slice.Wanted && !hasExcess;
        if (isEnough && !leave && slice.Opened == 0 && now - lease.RenewedAt < RenewAfter)
        {
            return null;
        }

        if (leave && lease.RenewedAt + RenewAfter > now && slice.Tokens <= 0 && slice.Opened == 0 && lease.Left)
        {
            return null;   // The row could not let it go a moment ago.
        }

        lease.Left = leave;
        var settled = slice.Tokens < 0 ? slice.Tokens : leave || hasExcess ? slice.Tokens - target : 0;
        if (settled > 0)
        {
            slice.Tokens -= settled;
        }

        var kept = Math.Max(0, slice.Tokens);
        return new LeaseRenewal
        {
            Key = slice.Key,
            Limit = limit,
            Demand = leave ? 0 : Math.Max(lease.Demand, SliceRefillSeconds * policy.Cost),
            Kept = kept,
            Settled = settled,
            Opened = slice.Opened,
            Asked = Math.Max(0, target - kept),
            Opening = opening,
            Initial = policy.ColdStart * limit.Capacity,
            Leaves = leave,
        };
    }

    // While the row can spare it a client keeps what it could open with, for its next burst.
    private static double Target(OpenLease lease, in SharedSlice slice, double opening)
    {
        var (limit, cost) = (slice.Limit, slice.Key!.Policy.Cost);
        var worth = Math.Max(SliceRefillSeconds * limit.RefillRate, SliceDemandSeconds * lease.Demand);
        var burst = slice.RowTokens >= opening ? opening : 0;
        return Math.Min(limit.Capacity, Math.Max(Math.Max(cost, slice.Wanted), Math.Max(worth, burst)));
    }
}

/// <summary>What the ledger remembers of one open slice.</summary>
internal sealed class OpenLease(ClientHandle client)
{
    public ClientHandle Client { get; } = client;

    /// <summary>Tokens/s offered, smoothed over half a second.</summary>
    public double Demand { get; set; }

    /// <summary>When something was last offered.</summary>
    public TimeSpan AskedAt { get; set; }

    /// <summary>When the last answered renewal was sent.</summary>
    public TimeSpan RenewedAt { get; set; }

    /// <summary>Whether the row let it go: if it is opened again, that is another lease.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether the last renewal wanted to leave.</summary>
    public bool Left { get; set; }
}

/// <summary>A renewal under way.</summary>
/// <param name="Lease">Whose.</param>
/// <param name="Renewal">What was asked.</param>
/// <param name="Opened">How many of the slice's opened tokens the row learns of by it.</param>
internal readonly record struct PendingRenewal(OpenLease Lease, LeaseRenewal Renewal, double Opened);
