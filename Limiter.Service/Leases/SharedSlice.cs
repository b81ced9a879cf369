using RateLimitSuite.Limiter.Buckets;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>This replica's part of one shared bucket: the only tokens that it may spend.</summary>
/// <remarks>
/// Guarded by the client's shard lock. Life of a slice: a client that was not seen of late is <see cref="Open">opened</see> with a few tokens
/// that its row set aside for this, so that its first requests need no answer from PostgreSQL; renewals replace what was spent; an idle
/// client's rest goes back, and its slice is closed.
/// </remarks>
internal struct SharedSlice
{
    /// <summary>After so long without a renewal the slice is empty: its place in the bucket is free for others soon after.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(10);

    /// <summary>After so long without a renewal, what the slice has not cannot be decided any more: the policy's fail mode decides.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private const double SlackTokens = 1e-9;

    /// <summary>What may be spent here; under 0: a debt to the row.</summary>
    public double Tokens;

    /// <summary>Tokens that the slice was opened with and that the row does not know of yet.</summary>
    public double Opened;

    /// <summary>What the row held after the last renewal.</summary>
    public double RowTokens;

    /// <summary>Cost offered since the last renewal.</summary>
    public double Offered;

    /// <summary>Greatest cost that the slice was too small for since it last was large enough.</summary>
    public double Wanted;

    /// <summary>Capacity and refill rate by this replica's last decision.</summary>
    public Limit Limit;

    /// <summary>When the last renewal that was answered had been sent.</summary>
    public TimeSpan RenewedAt;

    /// <summary>Whose bucket it is; null: never opened.</summary>
    public LeaseKey? Key;

    /// <summary>Whether renewals go on: there may be something here that the row must know.</summary>
    public bool IsOpen;

    /// <summary>Whether the slice covers a cost now.</summary>
    public readonly bool Has(double cost, TimeSpan now) => Tokens + SlackTokens >= cost && now - RenewedAt < Life;

    /// <summary>Whether renewals failed for so long that an empty slice says nothing.</summary>
    public readonly bool IsStale(TimeSpan now) => now - RenewedAt >= FreshFor;

    /// <summary>Begins to spend.</summary>
    /// <param name="tokens">What may be spent before the first renewal; a debt from before is kept.</param>
    /// <param name="at">The present, or a moment so long ago that the slice is stale at once.</param>
    public void Open(double tokens, TimeSpan at)
    {
        Tokens += tokens;
        Opened += tokens;
        RenewedAt = at;
        IsOpen = true;
    }

    /// <summary>Takes tokens that the slice has.</summary>
    public void Take(double cost)
    {
        Tokens -= cost;
        Wanted = cost >= Wanted ? 0 : Wanted;
    }
}
