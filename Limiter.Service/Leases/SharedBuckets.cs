using System.Collections.Concurrent;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Leases;

/// <summary>What the hot path must know of shared buckets, and where it leaves word that it began to spend of one.</summary>
internal sealed class SharedBuckets
{
    private readonly ConcurrentQueue<ClientHandle> _opened = new();

    /// <summary>Replicas that spend of the same buckets; 0: not known, or they do not know of this one yet.</summary>
    public volatile int Replicas;

    /// <summary>Whether PostgreSQL has not answered for so long that no decision can be made without a slice.</summary>
    public volatile bool IsAway;

    /// <summary>Tokens of a full bucket that each replica may spend before it asks.</summary>
    /// <remarks>Half of the bucket, or of what a new one starts with, divided by the replicas; one request's cost at least, where the
    /// bucket is large enough for one of each replica.</remarks>
    public double Opening(Policy policy, double capacity)
    {
        var replicas = Replicas;
        if (replicas == 0)
        {
            return 0;
        }

        var wanted = Math.Max(policy.Cost, capacity / 2 / replicas);
        return Math.Min(wanted, Math.Min(1, policy.ColdStart) * capacity / replicas);
    }

    /// <summary>The greatest cost that a slice can grow to while no other replica holds the bucket.</summary>
    public double Largest(Policy policy, double capacity) => capacity - (Opening(policy, capacity) * Math.Max(0, Replicas - 1));

    /// <summary>Has a slice renewed from now on. Once for each time that it is opened.</summary>
    public void Opened(ClientHandle client) => _opened.Enqueue(client);

    public bool TryTakeOpened(out ClientHandle client) => _opened.TryDequeue(out client);
}
