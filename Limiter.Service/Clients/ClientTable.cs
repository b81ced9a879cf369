namespace RateLimitSuite.Limiter.Clients;

/// <summary>The state of every client, found by the UTF-8 bytes of its id without making a string, or keeping one.</summary>
/// <remarks>Bounded: past the cap a new client takes the place of one whose bucket is full; where none is found, it shares its policy's
/// overflow state. No timer runs for a client: buckets and windows are brought up to the present when they are touched.</remarks>
internal sealed class ClientTable
{
    private const int ShardBits = 8;
    private const int ShardCount = 1 << ShardBits;

    private readonly ClientShard[] _shards = new ClientShard[ShardCount];

    /// <param name="clientsMax">Most clients held at once, over all policies; rounded up to a multiple of 256.</param>
    /// <param name="shares">Whether each client also has a slice of a bucket that other replicas share.</param>
    public ClientTable(int clientsMax, bool shares = false)
    {
        var capacity = (clientsMax + ShardCount - 1) / ShardCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clientsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, ClientShard.MaximumCapacity, nameof(clientsMax));
        for (var i = 0; i < ShardCount; i++)
        {
            _shards[i] = new ClientShard(i, capacity, shares);
        }
    }

    /// <summary>Clients held now.</summary>
    public long Count => _shards.Sum(shard => (long)shard.Count);

    /// <summary>Clients forgotten to make room.</summary>
    public long Evicted => _shards.Sum(shard => shard.Evicted);

    /// <summary>Requests of clients for whom there was no room.</summary>
    public long Refused => _shards.Sum(shard => shard.Refused);

    /// <summary>Locks and finds a client, making it if it is new.</summary>
    public ClientEntry Enter(ReadOnlySpan<byte> id, int policy, TimeSpan now)
    {
        var client = ClientFingerprint.Of(id, policy);
        var shard = ShardOf(client);
        shard.Enter();
        try
        {
            ref var state = ref shard.FindOrAdd(client, policy, now, out var slot, out var kind);
            return new ClientEntry(shard, ref state, new ClientHandle(shard.Number, slot, state.Client), kind);
        }
        catch
        {
            shard.Exit();
            throw;
        }
    }

    /// <summary>Locks and finds a client that is there; <see cref="ClientEntry.Exists"/> is false if it is not.</summary>
    public ClientEntry EnterKnown(ReadOnlySpan<byte> id, int policy)
    {
        var client = ClientFingerprint.Of(id, policy);
        var shard = ShardOf(client);
        shard.Enter();
        return Held(shard, shard.Find(client), client);
    }

    /// <summary>Locks a client again by its handle; <see cref="ClientEntry.Exists"/> is false if it was evicted.</summary>
    public ClientEntry Enter(ClientHandle handle)
    {
        var shard = _shards[handle.Shard];
        shard.Enter();
        return Held(shard, shard.Resolve(handle), handle.Client);
    }

    private static ClientEntry Held(ClientShard shard, int slot, ClientFingerprint client)
    {
        if (slot >= 0)
        {
            return new ClientEntry(shard, ref shard.StateAt(slot), new ClientHandle(shard.Number, slot, client), EntryKind.Known);
        }

        shard.Exit();
        return default;
    }

    private ClientShard ShardOf(ClientFingerprint client) => _shards[client.High >> (64 - ShardBits)];
}
