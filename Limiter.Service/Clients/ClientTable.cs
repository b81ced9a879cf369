using System.Runtime.CompilerServices;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>The state of every client, found by the UTF-8 bytes of its id without making a string, or keeping one.</summary>
/// <remarks>Bounded: past the cap a new client takes the place of one whose bucket is full; where none is found, it shares its policy's
/// overflow state. No timer runs for a client: buckets and windows are brought up to the present when they are touched.</remarks>
internal sealed unsafe class ClientTable
{
    private const int ShardBits = 8;
    private const int ShardCount = 1 << ShardBits;

    // Clients fill all shards alike, so any tells of all.
    private const int LargeIndexSize = 64;

    private readonly ClientShard[] _shards = new ClientShard[ShardCount];
    private readonly StateMemory _memory;
    private readonly ShardHead* _heads;

    /// <param name="clientsMax">Most clients held at once, over all policies; rounded up to a multiple of 256.</param>
    /// <param name="shares">Whether each client also has a slice of a bucket that other replicas share.</param>
    public ClientTable(int clientsMax, bool shares = false)
    {
        var capacity = (clientsMax + ShardCount - 1) / ShardCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(clientsMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, ClientShard.MaximumCapacity, nameof(clientsMax));
        var (states, index) = (ClientShard.StateBytesOf(capacity), ClientShard.IndexBytesOf(capacity));
        _memory = new StateMemory(ShardCount * (ShardHead.Bytes + states + index));
        _heads = (ShardHead*)_memory.Start;
        var (statesStart, indexStart) = ((long)ShardCount * ShardHead.Bytes, ShardCount * (ShardHead.Bytes + states));
        for (var i = 0; i < ShardCount; i++)
        {
            _shards[i] = new ClientShard(capacity, shares, _memory, i * ShardHead.Bytes, statesStart + (i * states), indexStart + (i * index));
        }
    }

    /// <summary>Whether the table holds some ten thousand clients or more, and so more than a processor's own cache does.</summary>
    public bool IsLarge => Volatile.Read(ref _heads->IndexMask) >= LargeIndexSize;

    /// <summary>Clients held now.</summary>
    public long Count => _shards.Sum(shard => (long)shard.Count);

    /// <summary>Bytes that states and index take outside the collector's heap.</summary>
    public long NativeBytes => _shards.Sum(shard => shard.NativeBytes);

    /// <summary>Clients forgotten to make room.</summary>
    public long Evicted => _shards.Sum(shard => shard.Evicted);

    /// <summary>Requests of clients for whom there was no room.</summary>
    public long Refused => _shards.Sum(shard => shard.Refused);

    /// <summary>Begins to bring what finds a client from memory, without waiting for it or for anybody's lock.</summary>
    /// <returns>The client, for <see cref="ExpectState"/>.</returns>
    /// <remarks>Among very many clients neither index nor state is in a cache, and to wait for them takes longer than to decide. Where several are
    /// expected before the first is entered, each comes while the others do: first the index for all of them, then the states, then the decisions.</remarks>
    public ClientFingerprint ExpectIndex(ReadOnlySpan<byte> id, int policy)
    {
        var client = ClientFingerprint.Of(id, policy);
        HeadOf(client)->ExpectIndex(client);
        return client;
    }

    /// <summary>Begins to bring a client's state from memory, after <see cref="ExpectIndex"/>.</summary>
    /// <returns>Where the client seems to live.</returns>
    public ClientHandle ExpectState(ClientFingerprint client) => HeadOf(client)->ExpectState(client);

    /// <summary>Locks and finds a client, making it if it is new.</summary>
    public ClientEntry Enter(ReadOnlySpan<byte> id, int policy, TimeSpan now) => Enter(new ClientHandle(-1, ClientFingerprint.Of(id, policy)), policy, now);

    /// <summary>Locks and finds a client, making it if it is new.</summary>
    /// <param name="expected">Who, and where it seems to live.</param>
    /// <param name="policy">Number of the policy.</param>
    /// <param name="now">Monotonic time.</param>
    /// <remarks>Not inlined, like the other steps of a decision: the compiler inlines only so much into one method, and what is small belongs there.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ClientEntry Enter(ClientHandle expected, int policy, TimeSpan now)
    {
        var (slot, client) = expected;
        var shard = ShardOf(client);
        var head = HeadOf(client);
        head->Enter();
        if (!head->Has(expected))
        {
            _ = ref head->Find(client, out slot);
        }

        return slot >= 0 ? new ClientEntry(shard, head, slot, EntryKind.Known) : Make(shard, head, client, policy, now);
    }

    /// <summary>Locks and finds a client that is there; <see cref="ClientEntry.Exists"/> is false if it is not.</summary>
    public ClientEntry EnterKnown(ReadOnlySpan<byte> id, int policy)
    {
        var client = ClientFingerprint.Of(id, policy);
        var head = HeadOf(client);
        head->Enter();
        _ = ref head->Find(client, out var slot);
        return Held(ShardOf(client), head, slot);
    }

    /// <summary>Locks a client again by its handle; <see cref="ClientEntry.Exists"/> is false if it was evicted.</summary>
    public ClientEntry Enter(ClientHandle handle)
    {
        var shard = ShardOf(handle.Client);
        var head = HeadOf(handle.Client);
        head->Enter();
        return Held(shard, head, head->Has(handle) ? handle.Slot : -1);
    }

    // By itself, as only making a client can fail, and a handler would keep Enter's values out of registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ClientEntry Make(ClientShard shard, ShardHead* head, ClientFingerprint client, int policy, TimeSpan now)
    {
        try
        {
            _ = ref shard.Make(client, policy, now, out var slot, out var kind);
            return new ClientEntry(shard, head, slot, kind);
        }
        catch
        {
            head->Exit();
            throw;
        }
    }

    private static ClientEntry Held(ClientShard shard, ShardHead* head, int slot)
    {
        if (slot >= 0)
        {
            return new ClientEntry(shard, head, slot, EntryKind.Known);
        }

        head->Exit();
        return default;
    }

    private static int ShardNumberOf(ClientFingerprint client) => (int)(client.High >> (64 - ShardBits));

    private ClientShard ShardOf(ClientFingerprint client) => _shards[ShardNumberOf(client)];

    private ShardHead* HeadOf(ClientFingerprint client) => _heads + ShardNumberOf(client);
}
