using System.Diagnostics;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>One part of the <see cref="ClientTable"/>: an open-addressed index over states in chunks, under one lock.</summary>
/// <remarks>
/// An index word is 0 (empty) or
/// <code>
///  31        20 19                 0
/// ┌────────────┬────────────────────┐
/// │ tag of hash│ slot + 1           │
/// └────────────┴────────────────────┘
/// </code>
/// so that almost every probe which does not match is told without touching the key. Removal shifts the probe run back: no tombstones.
/// States lie in chunks that are never moved: growing copies only the index. A spin lock, as it is held for tens of nanoseconds.
/// </remarks>
internal sealed class ClientShard(int number, int capacity)
{
    private const int ChunkBits = 6;
    private const int ChunkSize = 1 << ChunkBits;
    private const int SlotBits = 20;
    private const uint SlotMask = (1u << SlotBits) - 1;
    private const int FirstIndexSize = 64;
    private const int EvictionScan = 32;
    private const int VacatedPolicy = 0x3FFF;

    /// <summary>Most clients that one shard can hold.</summary>
    public const int MaximumCapacity = (1 << SlotBits) - 2;

    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private uint[] _index = new uint[FirstIndexSize];
    private Chunk[] _chunks = [];
    private int _slots;   // given out so far
    private int _count;   // in the index, overflow states included
    private int _overflowStates;
    private int _hand;    // where the search for a client to evict goes on
    private int _vacated = -1;   // a slot that eviction freed, at most one at a time

    /// <summary>Clients in the shard. Read without the lock: may be an instant old.</summary>
    public int Count => _count - _overflowStates;

    /// <summary>Clients that made room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>Requests of clients for whom no room could be made.</summary>
    public long Refused { get; private set; }

    public void Enter()
    {
        var taken = false;
        _lock.Enter(ref taken);
    }

    public void Exit() => _lock.Exit(useMemoryBarrier: false);

    /// <summary>Finds a client or makes it; evicts a forgettable one where the shard is full. The lock is held.</summary>
    public ref ClientState FindOrAdd(ReadOnlySpan<byte> id, int policy, ulong hash, TimeSpan now, out int slot, out EntryKind kind)
    {
        slot = Find(id, policy, hash);
        if (slot >= 0)
        {
            kind = EntryKind.Known;
            return ref StateAt(slot);
        }

        if (Count < capacity || TryEvict(now))
        {
            kind = EntryKind.New;
            slot = Add(id, policy, hash);
            return ref StateAt(slot);
        }

        Refused++;
        return ref Overflow(policy, out slot, out kind);
    }

    /// <summary>The state of a handle if it still is the same client's, or -1. The lock is held.</summary>
    public int Resolve(ClientHandle handle) =>
        handle.Slot < _slots && HashAt(handle.Slot) == handle.Hash ? handle.Slot : -1;

    public ref ClientState StateAt(int slot) => ref _chunks[slot >> ChunkBits].States[slot & (ChunkSize - 1)];

    /// <summary>A client's id. The lock is held; the bytes never change.</summary>
    public byte[] IdAt(int slot) => _chunks[slot >> ChunkBits].Ids[slot & (ChunkSize - 1)];

    /// <summary>Finds a client's slot, or -1. The lock is held.</summary>
    public int Find(ReadOnlySpan<byte> id, int policy, ulong hash)
    {
        var index = _index;
        var mask = index.Length - 1;
        var tag = Tag(hash);
        for (var at = (int)hash & mask; index[at] != 0; at = (at + 1) & mask)
        {
            var word = index[at];
            if ((word & ~SlotMask) == tag)
            {
                var slot = (int)(word & SlotMask) - 1;
                if (StateAt(slot).Policy == policy && id.SequenceEqual(IdAt(slot)))
                {
                    return slot;
                }
            }
        }

        return -1;
    }

    private ref ClientState Overflow(int policy, out int slot, out EntryKind kind)
    {
        var hash = ClientHash.Of([], policy);
        slot = Find([], policy, hash);
        kind = EntryKind.Overflow;
        if (slot < 0)
        {
            kind = EntryKind.NewOverflow;
            slot = Add([], policy, hash);
            _overflowStates++;
        }

        return ref StateAt(slot);
    }

    private int Add(ReadOnlySpan<byte> id, int policy, ulong hash)
    {
        if ((_count + 1) * 8 > _index.Length * 7)
        {
            GrowIndex();
        }

        var slot = TakeSlot();
        var chunk = _chunks[slot >> ChunkBits];
        chunk.Ids[slot & (ChunkSize - 1)] = id.ToArray();
        ref var state = ref StateAt(slot);
        state = default;
        state.Policy = policy;
        Place(_index, hash, slot);
        _count++;
        return slot;
    }

    private int TakeSlot()
    {
        if (_vacated >= 0)
        {
            var slot = _vacated;
            _vacated = -1;
            return slot;
        }

        if (_slots == _chunks.Length * ChunkSize)
        {
            // Copies pointers only, one for every 64 clients of the shard.
            var chunks = new Chunk[_chunks.Length + 1];
            _chunks.CopyTo(chunks, 0);
            chunks[^1] = new Chunk();
            _chunks = chunks;
        }

        return _slots++;
    }

    // Forgets the longest idle of the full buckets among the next few: forgetting a full bucket gives nobody a token. A bucket that is
    // not full is never forgotten, or a flood of new ids would wash limits away.
    private bool TryEvict(TimeSpan now)
    {
        var victim = -1;
        var idleSince = TimeSpan.MaxValue;
        for (var i = 0; i < Math.Min(EvictionScan, _slots); i++)
        {
            _hand = _hand + 1 >= _slots ? 0 : _hand + 1;
            ref var state = ref StateAt(_hand);
            if (IdAt(_hand).Length > 0 && state.Bucket.RefilledAt < idleSince && state.Bucket.IsFullAt(now))
            {
                victim = _hand;
                idleSince = state.Bucket.RefilledAt;
            }
        }

        if (victim < 0)
        {
            return false;
        }

        Remove(victim);
        Evicted++;
        return true;
    }

    private void Remove(int slot)
    {
        Debug.Assert(_vacated < 0);
        var chunk = _chunks[slot >> ChunkBits];
        var mask = _index.Length - 1;
        var at = (int)HashAt(slot) & mask;
        while ((int)(_index[at] & SlotMask) - 1 != slot)
        {
            at = (at + 1) & mask;
        }

        // Shift back whatever probed past the hole.
        var hole = at;
        for (var next = (hole + 1) & mask; _index[next] != 0; next = (next + 1) & mask)
        {
            var home = (int)HashAt((int)(_index[next] & SlotMask) - 1) & mask;
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                _index[hole] = _index[next];
                hole = next;
            }
        }

        _index[hole] = 0;
        chunk.Ids[slot & (ChunkSize - 1)] = [];
        StateAt(slot).Policy = VacatedPolicy;
        _vacated = slot;
        _count--;
    }

    private void GrowIndex()
    {
        var index = new uint[_index.Length * 2];
        foreach (var word in _index)
        {
            if (word != 0)
            {
                var slot = (int)(word & SlotMask) - 1;
                Place(index, HashAt(slot), slot);
            }
        }

        _index = index;
    }

    private static void Place(uint[] index, ulong hash, int slot)
    {
        var mask = index.Length - 1;
        var at = (int)hash & mask;
        while (index[at] != 0)
        {
            at = (at + 1) & mask;
        }

        index[at] = Tag(hash) | (uint)(slot + 1);
    }

    // Computed again where it is needed: eviction, growth and the control loop; eight bytes a client cost more.
    private ulong HashAt(int slot) => ClientHash.Of(IdAt(slot), StateAt(slot).Policy);

    // Bits of the hash that neither the home position nor the shard is chosen by.
    private static uint Tag(ulong hash) => (uint)(hash >> 24) & ~SlotMask;

    public int Number => number;

    private sealed class Chunk
    {
        public readonly ClientState[] States = new ClientState[ChunkSize];
        public readonly byte[][] Ids = new byte[ChunkSize][];
    }
}
