using System.Diagnostics;
using RateLimitSuite.Limiter.Leases;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>One part of the <see cref="ClientTable"/>: an open-addressed index over states in chunks, under one lock.</summary>
/// <remarks>
/// An index word is 0 (empty) or
/// <code>
///  31            20 19                 0
/// ┌────────────────┬────────────────────┐
/// │ tag of the hash│ slot + 1           │
/// └────────────────┴────────────────────┘
/// </code>
/// so that almost every probe which does not match is told without touching a state: a look-up touches one word and one state. Removal
/// shifts the probe run back: no tombstones. States lie in chunks that are never moved: growing copies only the index.
/// A spin lock, as it is held for tens of nanoseconds.
/// </remarks>
internal sealed class ClientShard(int number, int capacity, bool shares)
{
    private const int ChunkBits = 8;
    private const int ChunkSize = 1 << ChunkBits;
    private const int FirstChunkSize = 16;
    private const int SlotBits = 20;
    private const uint SlotMask = (1u << SlotBits) - 1;
    private const int FirstIndexSize = 32;
    private const int EvictionScan = 32;
    private const int EvictionScanMax = 256;

    /// <summary>Most clients that one shard can hold.</summary>
    public const int MaximumCapacity = (1 << SlotBits) - 2;

    // States that clients without room share, one a policy: never evicted.
    private readonly List<int> _overflow = [];

    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private uint[] _index = new uint[FirstIndexSize];
    private ClientState[][] _chunks = [];
    private SharedSlice[][] _slices = [];   // beside the states, where buckets are shared; empty where not
    private ClientSplit[]?[] _splits = [];  // beside the states of clients of backends; a chunk's are made when the first needs one
    private int _slots;          // given out so far
    private int _count;          // in the index, overflow states included
    private int _hand;           // where the search for a client to evict goes on
    private int _vacated = -1;   // a slot that eviction freed, at most one at a time

    /// <summary>Which shard it is.</summary>
    public int Number => number;

    /// <summary>Clients in the shard. Read without the lock: may be an instant old.</summary>
    public int Count => _count - _overflow.Count;

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
    public ref ClientState FindOrAdd(ClientFingerprint client, int policy, TimeSpan now, out int slot, out EntryKind kind)
    {
        slot = Find(client);
        if (slot >= 0)
        {
            kind = EntryKind.Known;
            return ref StateAt(slot);
        }

        if (Count < capacity || TryEvict(now))
        {
            kind = EntryKind.New;
            slot = Add(client, policy);
            return ref StateAt(slot);
        }

        Refused++;
        return ref Overflow(policy, out slot, out kind);
    }

    /// <summary>The slot of a handle if it still is the same client's, or -1. The lock is held.</summary>
    public int Resolve(ClientHandle handle) => handle.Slot < _slots && StateAt(handle.Slot).Client == handle.Client ? handle.Slot : -1;

    public ref ClientState StateAt(int slot) => ref _chunks[slot >> ChunkBits][slot & (ChunkSize - 1)];

    /// <summary>This replica's part of a client's shared bucket; only where buckets are shared. The lock is held.</summary>
    public ref SharedSlice SliceAt(int slot) => ref _slices[slot >> ChunkBits][slot & (ChunkSize - 1)];

    /// <summary>A client's part in its backend's split. The lock is held.</summary>
    public ref ClientSplit SplitAt(int slot)
    {
        var chunk = slot >> ChunkBits;
        if (chunk >= _splits.Length || _splits[chunk] is not { } splits || splits.Length < _chunks[chunk].Length)
        {
            splits = GrowSplits(chunk);
        }

        return ref splits[slot & (ChunkSize - 1)];
    }

    /// <summary>Finds a client's slot, or -1. The lock is held.</summary>
    public int Find(ClientFingerprint client)
    {
        var index = _index;
        var mask = index.Length - 1;
        var tag = Tag(client);
        for (var at = (int)client.High & mask; index[at] != 0; at = (at + 1) & mask)
        {
            var word = index[at];
            if ((word & ~SlotMask) == tag)
            {
                var slot = (int)(word & SlotMask) - 1;
                if (StateAt(slot).Client == client)
                {
                    return slot;
                }
            }
        }

        return -1;
    }

    private ref ClientState Overflow(int policy, out int slot, out EntryKind kind)
    {
        // No client's id is empty.
        var client = ClientFingerprint.Of([], policy);
        slot = Find(client);
        kind = EntryKind.Overflow;
        if (slot < 0)
        {
            kind = EntryKind.NewOverflow;
            slot = Add(client, policy);
            _overflow.Add(slot);
        }

        return ref StateAt(slot);
    }

    private int Add(ClientFingerprint client, int policy)
    {
        if ((_count + 1) * 8 > _index.Length * 7)
        {
            GrowIndex();
        }

        var slot = TakeSlot();
        ref var state = ref StateAt(slot);
        state = default;
        state.Client = client;
        state.Policy = policy;
        if (shares)
        {
            SliceAt(slot) = default;
        }

        if (slot >> ChunkBits < _splits.Length && _splits[slot >> ChunkBits] is { } splits && (slot & (ChunkSize - 1)) < splits.Length)
        {
            splits[slot & (ChunkSize - 1)] = default;
        }

        Place(_index, client, slot);
        _count++;
        return slot;
    }

    private ClientSplit[] GrowSplits(int chunk)
    {
        Array.Resize(ref _splits, Math.Max(_splits.Length, chunk + 1));
        Array.Resize(ref _splits[chunk], _chunks[chunk].Length);
        return _splits[chunk]!;
    }

    private int TakeSlot()
    {
        if (_vacated >= 0)
        {
            var slot = _vacated;
            _vacated = -1;
            return slot;
        }

        if (_slots < ChunkSize)
        {
            GrowFirstChunk();
        }
        else if (_slots == _chunks.Length * ChunkSize)
        {
            // Copies pointers only, one for every 256 clients of the shard.
            Array.Resize(ref _chunks, _chunks.Length + 1);
            _chunks[^1] = new ClientState[ChunkSize];
            if (shares)
            {
                Array.Resize(ref _slices, _chunks.Length);
                _slices[^1] = new SharedSlice[ChunkSize];
            }
        }

        return _slots++;
    }

    // The first chunk begins small and doubles: a table of few clients takes little.
    private void GrowFirstChunk()
    {
        if (_chunks.Length == 0)
        {
            _chunks = [new ClientState[FirstChunkSize]];
            _slices = shares ? [new SharedSlice[FirstChunkSize]] : [];
        }
        else if (_slots == _chunks[0].Length)
        {
            Array.Resize(ref _chunks[0], _chunks[0].Length * 2);
            if (shares)
            {
                Array.Resize(ref _slices[0], _chunks[0].Length);
            }
        }
    }

    // Forgets the longest idle of the full buckets among the next few, or the first that comes after them: forgetting a full bucket gives nobody a token. A bucket that is
    // not full is never forgotten, or a flood of new ids would wash limits away; nor is an open slice, whose tokens the row was charged with.
    private bool TryEvict(TimeSpan now)
    {
        var victim = -1;
        var idleSince = TimeSpan.MaxValue;
        for (var i = 0; i < Math.Min(EvictionScanMax, _slots) && (i < EvictionScan || victim < 0); i++)
        {
            _hand = _hand + 1 >= _slots ? 0 : _hand + 1;
            ref var state = ref StateAt(_hand);
            if (state.Bucket.RefilledAt < idleSince && state.Bucket.IsFullAt(now) && !_overflow.Contains(_hand) && !(shares && SliceAt(_hand).IsOpen))
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
        var mask = _index.Length - 1;
        var at = (int)StateAt(slot).Client.High & mask;
        while ((int)(_index[at] & SlotMask) - 1 != slot)
        {
            at = (at + 1) & mask;
        }

        // Shift back whatever probed past the hole.
        var hole = at;
        for (var next = (hole + 1) & mask; _index[next] != 0; next = (next + 1) & mask)
        {
            var home = (int)StateAt((int)(_index[next] & SlotMask) - 1).Client.High & mask;
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                _index[hole] = _index[next];
                hole = next;
            }
        }

        _index[hole] = 0;
        StateAt(slot).Client = default;
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
                Place(index, StateAt(slot).Client, slot);
            }
        }

        _index = index;
    }

    private static void Place(uint[] index, ClientFingerprint client, int slot)
    {
        var mask = index.Length - 1;
        var at = (int)client.High & mask;
        while (index[at] != 0)
        {
            at = (at + 1) & mask;
        }

        index[at] = Tag(client) | (uint)(slot + 1);
    }

    // Bits that neither the home position nor the shard is chosen by.
    private static uint Tag(ClientFingerprint client) => (uint)(client.High >> 24) & ~SlotMask;
}
