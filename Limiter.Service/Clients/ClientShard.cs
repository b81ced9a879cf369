using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
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
/// shifts the probe run back: no tombstones. States lie side by side and are never moved, each on two cache lines; the index grows where it lies.
/// A spin lock, as it is held for tens of nanoseconds.
/// </remarks>
internal sealed unsafe class ClientShard
{
    private const int SlotBits = 20;
    private const uint SlotMask = (1u << SlotBits) - 1;
    private const int FirstIndexSize = 32;
    private const int StateBytes = 128;
    private const int LineBytes = 64;
    private const int ExpectProbesMax = 8;
    private const int EvictionScan = 32;
    private const int EvictionScanMax = 256;

    // Policies whose numbers are alike in so many share an overflow state; there are seldom more.
    private const int OverflowMax = 64;

    /// <summary>Most clients that one shard can hold.</summary>
    public const int MaximumCapacity = (1 << SlotBits) - 2 - OverflowMax;

    // States that clients without room share, one a policy: never evicted.
    private readonly List<int> _overflow = [];

    private readonly int _capacity;
    private readonly bool _shares;
    private readonly StateMemory _memory;
    private readonly byte* _states;
    private readonly uint* _index;
    private readonly SlotArray<SharedSlice> _slices = new();   // beside the states, where buckets are shared
    private readonly SlotArray<ClientSplit> _splits = new();   // beside the states of clients of backends
    private SpinLock _lock = new(enableThreadOwnerTracking: false);
    private int _indexMask = FirstIndexSize - 1;
    private int _slots;          // given out so far
    private int _count;          // in the index, overflow states included
    private int _hand;           // where the search for a client to evict goes on
    private int _vacated = -1;   // a slot that eviction freed, at most one at a time

    /// <summary>An empty shard.</summary>
    /// <param name="number">Which it is.</param>
    /// <param name="capacity">Most clients that it holds.</param>
    /// <param name="shares">Whether each client also has a slice of a bucket that other replicas share.</param>
    /// <param name="memory">What states and index lie in.</param>
    /// <param name="states">Offset of <see cref="StateBytesOf"/> bytes.</param>
    /// <param name="index">Offset of <see cref="IndexBytesOf"/> bytes.</param>
    public ClientShard(int number, int capacity, bool shares, StateMemory memory, long states, long index)
    {
        Debug.Assert(sizeof(ClientState) <= StateBytes);
        (Number, _capacity, _shares, _memory) = (number, capacity, shares, memory);
        _states = memory.Start + states;
        _index = (uint*)(memory.Start + index);
        ClearIndex();
    }

    /// <summary>Bytes of the states of a full shard.</summary>
    public static long StateBytesOf(int capacity) => (long)(capacity + OverflowMax) * StateBytes;

    /// <summary>Bytes of the index of a full shard.</summary>
    public static long IndexBytesOf(int capacity)
    {
        var size = FirstIndexSize;
        while (IsCrowded(capacity + OverflowMax, size))
        {
            size *= 2;
        }

        return (long)size * sizeof(uint);
    }

    /// <summary>Which shard it is.</summary>
    public int Number { get; }

    /// <summary>Bytes written to so far.</summary>
    public long NativeBytes => ((long)_slots * StateBytes) + ((_indexMask + 1L) * sizeof(uint));

    /// <summary>Clients in the shard. Read without the lock: may be an instant old.</summary>
    public int Count => _count - _overflow.Count;

    /// <summary>Clients that made room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>Requests of clients for whom no room could be made.</summary>
    public long Refused { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        var taken = false;
        _lock.Enter(ref taken);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => _lock.Exit(useMemoryBarrier: false);

    /// <summary>Makes a client that is not there; evicts a forgettable one where the shard is full. The lock is held.</summary>
    public ref ClientState Make(ClientFingerprint client, int policy, TimeSpan now, out int slot, out EntryKind kind)
    {
        if (Count < _capacity || TryEvict(now))
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

    /// <summary>Has that word of the index fetched into the cache at which a search for a client begins. The lock is not needed.</summary>
    public void ExpectIndex(ClientFingerprint client)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_index + ((int)client.High & Volatile.Read(ref _indexMask)));
        }
    }

    /// <summary>Has the state of a client fetched into the cache, if it is there.</summary>
    /// <remarks>The lock is not held, so the index may be changing: words are read whole, nothing is decided by what they say, and to fetch a wrong
    /// state does no harm.</remarks>
    public void ExpectState(ClientFingerprint client)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        var mask = Volatile.Read(ref _indexMask);
        var tag = Tag(client);
        var at = (int)client.High & mask;
        for (var probes = 0; probes < ExpectProbesMax; probes++)
        {
            var word = Volatile.Read(ref _index[at]);
            if (word == 0)
            {
                return;
            }

            if ((word & ~SlotMask) == tag)
            {
                // A decision reads nearly all of a state.
                var state = _states + (((word & SlotMask) - 1) * (long)StateBytes);
                Sse.Prefetch0(state);
                Sse.Prefetch0(state + LineBytes);
                return;
            }

            at = (at + 1) & mask;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref ClientState StateAt(int slot) => ref *(ClientState*)(_states + (slot * (long)StateBytes));

    /// <summary>This replica's part of a client's shared bucket; only where buckets are shared. The lock is held.</summary>
    public ref SharedSlice SliceAt(int slot) => ref _slices.At(slot);

    /// <summary>A client's part in its backend's split. The lock is held.</summary>
    public ref ClientSplit SplitAt(int slot) => ref _splits.At(slot);

    /// <summary>Finds a client. The lock is held.</summary>
    /// <param name="client">Who.</param>
    /// <param name="slot">Receives its slot, or -1.</param>
    /// <returns>Its state, or a null reference.</returns>
    public ref ClientState Find(ClientFingerprint client, out int slot)
    {
        var index = _index;
        var mask = _indexMask;
        var tag = Tag(client);
        for (var at = (int)client.High & mask; index[at] != 0; at = (at + 1) & mask)
        {
            var word = index[at];
            if ((word & ~SlotMask) == tag)
            {
                slot = (int)(word & SlotMask) - 1;
                ref var state = ref StateAt(slot);
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0((byte*)Unsafe.AsPointer(ref state) + LineBytes);   // Else only asked for when the first line is there and read.
                }

                if (state.Client == client)
                {
                    return ref state;
                }
            }
        }

        slot = -1;
        return ref Unsafe.NullRef<ClientState>();
    }

    private ref ClientState Overflow(int policy, out int slot, out EntryKind kind)
    {
        // No client's id is empty.
        var client = ClientFingerprint.Of([], policy % OverflowMax);
        ref var state = ref Find(client, out slot);
        kind = EntryKind.Overflow;
        if (slot >= 0)
        {
            return ref state;
        }

        kind = EntryKind.NewOverflow;
        slot = Add(client, policy);
        _overflow.Add(slot);
        return ref StateAt(slot);
    }

    private int Add(ClientFingerprint client, int policy)
    {
        if (IsCrowded(_count + 1, _indexMask + 1))
        {
            GrowIndex();
        }

        var slot = TakeSlot();
        ref var state = ref StateAt(slot);
        state = default;
        state.Client = client;
        state.Policy = policy;
        _slices.Clear(slot);
        _splits.Clear(slot);
        Place(client, slot);
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

        if (_slots == _capacity / 4 * 3)
        {
            _memory.UseLargePages();   // As full as that, they take little more than the small ones.
        }

        return _slots++;
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
            if (state.Bucket.RefilledAt < idleSince && state.Bucket.IsFullAt(now) && !_overflow.Contains(_hand) && !(_shares && SliceAt(_hand).IsOpen))
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
        var mask = _indexMask;
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

    // Where it lies: every word is written anew from the states.
    private void GrowIndex()
    {
        Volatile.Write(ref _indexMask, (_indexMask * 2) + 1);
        ClearIndex();
        for (var slot = 0; slot < _slots; slot++)
        {
            if (StateAt(slot).Client is var client && client != default)
            {
                Place(client, slot);
            }
        }
    }

    private void ClearIndex() => new Span<uint>(_index, _indexMask + 1).Clear();

    private void Place(ClientFingerprint client, int slot)
    {
        var at = (int)client.High & _indexMask;
        while (_index[at] != 0)
        {
            at = (at + 1) & _indexMask;
        }

        _index[at] = Tag(client) | (uint)(slot + 1);
    }

    private static bool IsCrowded(int clients, int indexSize) => clients * 4L > indexSize * 3L;

    // Bits that neither the home position nor the shard is chosen by.
    private static uint Tag(ClientFingerprint client) => (uint)(client.High >> 24) & ~SlotMask;
}
