using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>What a look-up needs of a shard: its lock, and where index and states lie. One cache line, beside those of the other shards.</summary>
/// <remarks>
/// An index word is 0 (empty) or
/// <code>
///  31            20 19                 0
/// ┌────────────────┬────────────────────┐
/// │ tag of the hash│ slot + 1           │
/// └────────────────┴────────────────────┘
/// </code>
/// so that almost every probe which does not match is told without touching a state: a look-up touches one word and one state.
/// A spin lock, as it is held for tens of nanoseconds.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = Bytes)]
internal unsafe struct ShardHead
{
    /// <summary>Bytes of a head.</summary>
    public const int Bytes = 64;

    /// <summary>Bytes from a state to the next.</summary>
    public const int StateBytes = 128;

    /// <summary>Bits of an index word that tell the slot.</summary>
    public const int SlotBits = 20;

    private const uint SlotMask = (1u << SlotBits) - 1;
    private const int LineBytes = 64;
    private const int ExpectProbesMax = 8;

    /// <summary>The index's size, a power of two, less one.</summary>
    public int IndexMask;

    /// <summary>Slots given out so far.</summary>
    public int Slots;

    private SpinLock _lock;

    /// <summary>A head of a shard without clients.</summary>
    /// <param name="states">Where its states will lie.</param>
    /// <param name="index">Its index, empty.</param>
    /// <param name="indexMask">The index's size less one.</param>
    public ShardHead(byte* states, uint* index, int indexMask)
    {
        States = states;
        Index = index;
        IndexMask = indexMask;
        _lock = new SpinLock(enableThreadOwnerTracking: false);
    }

    public byte* States { get; }

    public uint* Index { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        var taken = false;
        _lock.Enter(ref taken);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => _lock.Exit(useMemoryBarrier: false);

    /// <summary>Where a search for a client begins.</summary>
    public readonly int HomeOf(ClientFingerprint client) => (int)client.High & IndexMask;

    /// <summary>The word of a client in a slot.</summary>
    public static uint Word(ClientFingerprint client, int slot) => Tag(client) | (uint)(slot + 1);

    /// <summary>The slot that a word tells; -1: none.</summary>
    public static int SlotOf(uint word) => (int)(word & SlotMask) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ref ClientState StateAt(int slot) => ref *(ClientState*)(States + (slot * (long)StateBytes));

    /// <summary>Has that word of the index fetched into the cache at which a search for a client begins. The lock is not needed.</summary>
    public readonly void ExpectIndex(ClientFingerprint client)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Index + ((int)client.High & Volatile.Read(in IndexMask)));
        }
    }

    /// <summary>Has the state of a client fetched into the cache, if it is there.</summary>
    /// <returns>Where the client seems to live.</returns>
    /// <remarks>The lock is not held, so the index may be changing: words are read whole, to fetch a wrong state does no harm, and where the client
    /// really lives is told by <see cref="Has"/>.</remarks>
    public readonly ClientHandle ExpectState(ClientFingerprint client)
    {
        var mask = Volatile.Read(in IndexMask);
        var tag = Tag(client);
        var at = (int)client.High & mask;
        for (var probes = 0; probes < ExpectProbesMax; probes++)
        {
            var word = Volatile.Read(ref Index[at]);
            if (word == 0)
            {
                break;
            }

            if ((word & ~SlotMask) == tag)
            {
                Fetch(SlotOf(word));
                return new ClientHandle(SlotOf(word), client);
            }

            at = (at + 1) & mask;
        }

        return new ClientHandle(-1, client);
    }

    /// <summary>Whether a client lives where somebody remembers, or assumes, it to. The lock is held.</summary>
    public readonly bool Has(ClientHandle handle) => (uint)handle.Slot < (uint)Slots && StateAt(handle.Slot).Client == handle.Client;

    /// <summary>Finds a client. The lock is held.</summary>
    /// <param name="client">Who.</param>
    /// <param name="slot">Receives its slot, or -1.</param>
    /// <returns>Its state, or a null reference.</returns>
    public readonly ref ClientState Find(ClientFingerprint client, out int slot)
    {
        var index = Index;
        var mask = IndexMask;
        var tag = Tag(client);
        for (var at = (int)client.High & mask; index[at] != 0; at = (at + 1) & mask)
        {
            var word = index[at];
            if ((word & ~SlotMask) == tag)
            {
                slot = SlotOf(word);
                Fetch(slot);
                ref var state = ref StateAt(slot);
                if (state.Client == client)
                {
                    return ref state;
                }
            }
        }

        slot = -1;
        return ref Unsafe.NullRef<ClientState>();
    }

    // A decision reads nearly all of a state, and the second line would only be asked for when the first is there and read.
    private readonly void Fetch(int slot)
    {
        if (Sse.IsSupported)
        {
            var state = States + (slot * (long)StateBytes);
            Sse.Prefetch0(state);
            Sse.Prefetch0(state + LineBytes);
        }
    }

    // Bits that neither the home position nor the shard is chosen by.
    private static uint Tag(ClientFingerprint client) => (uint)(client.High >> 24) & ~SlotMask;
}
