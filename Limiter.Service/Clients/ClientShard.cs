using System.Diagnostics;
using RateLimitSuite.Limiter.Leases;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>One part of the <see cref="ClientTable"/>: an open-addressed index over states, under one lock.</summary>
/// <remarks>Removal shifts the probe run back: no tombstones. States lie side by side and are never moved, each on two cache lines; the index grows
/// where it lies. What every look-up needs is the <see cref="ShardHead"/>'s; here is what changes who is in it.</remarks>
internal sealed unsafe class ClientShard
{
    private const int FirstIndexSize = 32;
    private const int EvictionScan = 32;
    private const int EvictionScanMax = 256;

    // Policies whose numbers are alike in so many share an overflow state; there are seldom more.
    private const int OverflowMax = 64;

    /// <summary>Most clients that one shard can hold.</summary>
    public const int MaximumCapacity = (1 << ShardHead.SlotBits) - 2 - OverflowMax;

    // States that clients without room share, one a policy: never evicted.
    private readonly List<int> _overflow = [];

    private readonly int _capacity;
    private readonly bool _shares;
    private readonly StateMemory _memory;
    private readonly ShardHead* _head;
    private readonly SlotArray<SharedSlice> _slices = new();   // beside the states, where buckets are shared
    private readonly SlotArray<ClientSplit> _splits = new();   // beside the states of clients of backends
    private int _count;          // in the index, overflow states included
    private int _hand;           // where the search for a client to evict goes on
    private int _vacated = -1;   // a slot that eviction freed, at most one at a time

    /// <summary>An empty shard.</summary>
    /// <param name="capacity">Most clients that it holds.</param>
    /// <param name="shares">Whether each client also has a slice of a bucket that other replicas share.</param>
    /// <param name="memory">What head, states and index lie in.</param>
    /// <param name="head">Offset of <see cref="ShardHead.Bytes"/> bytes.</param>
    /// <param name="states">Offset of <see cref="StateBytesOf"/> bytes.</param>
    /// <param name="index">Offset of <see cref="IndexBytesOf"/> bytes.</param>
    public ClientShard(int capacity, bool shares, StateMemory memory, long head, long states, long index)
    {
        Debug.Assert(sizeof(ClientState) <= ShardHead.StateBytes && sizeof(ShardHead) == ShardHead.Bytes);
        (_capacity, _shares, _memory) = (capacity, shares, memory);
        _head = (ShardHead*)(memory.Start + head);
        *_head = new ShardHead(memory.Start + states, (uint*)(memory.Start + index), FirstIndexSize - 1);
        ClearIndex(FirstIndexSize - 1);
    }

    /// <summary>Bytes of the states of a full shard.</summary>
    public static long StateBytesOf(int capacity) => (long)(capacity + OverflowMax) * ShardHead.StateBytes;

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

    /// <summary>Bytes written to so far.</summary>
    public long NativeBytes => ShardHead.Bytes + ((long)_head->Slots * ShardHead.StateBytes) + ((_head->IndexMask + 1L) * sizeof(uint));

    /// <summary>Clients in the shard. Read without the lock: may be an instant old.</summary>
    public int Count => _count - _overflow.Count;

    /// <summary>Clients that made room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>Requests of clients for whom no room could be made.</summary>
    public long Refused { get; private set; }

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

    /// <summary>This replica's part of a client's shared bucket; only where buckets are shared. The lock is held.</summary>
    public ref SharedSlice SliceAt(int slot) => ref _slices.At(slot);

    /// <summary>A client's part in its backend's split. The lock is held.</summary>
    public ref ClientSplit SplitAt(int slot) => ref _splits.At(slot);

    private ref ClientState Overflow(int policy, out int slot, out EntryKind kind)
    {
        // No client's id is empty.
        var client = ClientFingerprint.Of([], policy % OverflowMax);
        ref var state = ref _head->Find(client, out slot);
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
        if (IsCrowded(_count + 1, _head->IndexMask + 1))
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

        if (_head->Slots == _capacity / 4 * 3)
        {
            _memory.UseLargePages();   // As full as that, they take little more than the small ones.
        }

        return _head->Slots++;
    }

    // Forgets the longest idle of the full buckets among the next few, or the first that comes after them: forgetting a full bucket gives nobody a token. A bucket that is
    // not full is never forgotten, or a flood of new ids would wash limits away; nor is an open slice, whose tokens the row was charged with.
    private bool TryEvict(TimeSpan now)
    {
        var victim = -1;
        var idleSince = TimeSpan.MaxValue;
        for (var i = 0; i < Math.Min(EvictionScanMax, _head->Slots) && (i < EvictionScan || victim < 0); i++)
        {
            _hand = _hand + 1 >= _head->Slots ? 0 : _hand + 1;
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
        var index = _head->Index;
        var mask = _head->IndexMask;
        var at = _head->HomeOf(StateAt(slot).Client);
        while (ShardHead.SlotOf(index[at]) != slot)
        {
            at = (at + 1) & mask;
        }

        // Shift back whatever probed past the hole.
        var hole = at;
        for (var next = (hole + 1) & mask; index[next] != 0; next = (next + 1) & mask)
        {
            var home = _head->HomeOf(StateAt(ShardHead.SlotOf(index[next])).Client);
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                index[hole] = index[next];
                hole = next;
            }
        }

        index[hole] = 0;
        StateAt(slot).Client = default;
        _vacated = slot;
        _count--;
    }

    // Where it lies: every word is written anew from the states.
    private void GrowIndex()
    {
        // Cleared first: whoever looks ahead without the lock meets no word that was never written.
        var mask = (_head->IndexMask * 2) + 1;
        ClearIndex(mask);
        Volatile.Write(ref _head->IndexMask, mask);
        for (var slot = 0; slot < _head->Slots; slot++)
        {
            if (StateAt(slot).Client is var client && client != default)
            {
                Place(client, slot);
            }
        }
    }

    private void ClearIndex(int mask) => new Span<uint>(_head->Index, mask + 1).Clear();

    private void Place(ClientFingerprint client, int slot)
    {
        var at = _head->HomeOf(client);
        while (_head->Index[at] != 0)
        {
            at = (at + 1) & _head->IndexMask;
        }

        _head->Index[at] = ShardHead.Word(client, slot);
    }

    private ref ClientState StateAt(int slot) => ref _head->StateAt(slot);

    private static bool IsCrowded(int clients, int indexSize) => clients * 4L > indexSize * 3L;
}
