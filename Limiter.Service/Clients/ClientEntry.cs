using System.Runtime.CompilerServices;
using RateLimitSuite.Limiter.Leases;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>A client's state while its shard is locked. Dispose it soon: other clients wait.</summary>
internal readonly unsafe ref struct ClientEntry
{
    private readonly ClientShard? _shard;
    private readonly ShardHead* _head;
    private readonly ref ClientState _state;
    private readonly int _slot;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ClientEntry(ClientShard shard, ShardHead* head, int slot, EntryKind kind)
    {
        _shard = shard;
        _head = head;
        _slot = slot;
        _state = ref head->StateAt(slot);
        Kind = kind;
    }

    public ref ClientState State => ref _state;

    /// <summary>Its part of a shared bucket; only where buckets are shared.</summary>
    public ref SharedSlice Slice => ref _shard!.SliceAt(_slot);

    /// <summary>Its part in its backend's split; only for a client of a backend.</summary>
    public ref ClientSplit Split => ref _shard!.SplitAt(_slot);

    public ClientHandle Handle => new(_slot, _state.Client);

    public EntryKind Kind { get; }

    /// <summary>False where a handle's client is gone.</summary>
    public bool Exists => _shard is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dispose()
    {
        if (Exists)
        {
            _head->Exit();
        }
    }
}

/// <summary>How a client was found.</summary>
internal enum EntryKind
{
    /// <summary>It was there.</summary>
    Known,

    /// <summary>It was made; its state is all zero but for the policy.</summary>
    New,

    /// <summary>There was no room: this is the state that all such clients of the policy share.</summary>
    Overflow,

    /// <summary>The shared state, made just now.</summary>
    NewOverflow,
}
