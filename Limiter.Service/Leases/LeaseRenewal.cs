using RateLimitSuite.Limiter.Buckets;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>What a replica tells and asks of one shared bucket.</summary>
internal readonly record struct LeaseRenewal
{
    public required LeaseKey Key { get; init; }

    /// <summary>Capacity and refill rate that this replica finds right.</summary>
    public required Limit Limit { get; init; }

    /// <summary>What is offered here, tokens/s.</summary>
    public required double Demand { get; init; }

    /// <summary>Tokens that stay here.</summary>
    public required double Kept { get; init; }

    /// <summary>Over 0: handed back; under 0: spent and owed.</summary>
    public required double Settled { get; init; }

    /// <summary>Tokens that this replica opened with since it last had a lease.</summary>
    public required double Opened { get; init; }

    /// <summary>Tokens that are wanted beside <see cref="Kept"/>.</summary>
    public required double Asked { get; init; }

    /// <summary>Tokens that each replica without a lease may open with.</summary>
    public required double Opening { get; init; }

    /// <summary>Tokens in a bucket that is not there yet.</summary>
    public required double Initial { get; init; }

    /// <summary>Whether this replica lets go of the bucket.</summary>
    public required bool Leaves { get; init; }
}

/// <summary>A row's answer.</summary>
/// <param name="Index">Which renewal of the batch; one whose bucket was only just made has no answer yet.</param>
/// <param name="Given">Tokens that may be spent from now on.</param>
/// <param name="RowTokens">What the row holds after that.</param>
/// <param name="Held">Whether the replica still has the lease; it may be asked to keep what it wanted to leave.</param>
internal readonly record struct LeaseGrant(int Index, double Given, double RowTokens, bool Held);
