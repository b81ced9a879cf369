using System.Numerics;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>What only some clients of a shard have beside their state, by slot: made in chunks, when the first of a chunk needs one.</summary>
/// <remarks>A chunk does not move once it is whole; the first begins small and doubles, so that a table of few clients takes little. The shard's lock
/// is held around every call, and a reference is not kept beyond it.</remarks>
internal sealed class SlotArray<T>
    where T : struct
{
    private const int ChunkBits = 8;
    private const int ChunkSize = 1 << ChunkBits;
    private const int FirstChunkSize = 16;

    private T[]?[] _chunks = [];

    /// <summary>A slot's element; all zero until it is written to.</summary>
    public ref T At(int slot)
    {
        var (chunk, at) = (slot >> ChunkBits, slot & (ChunkSize - 1));
        if (chunk >= _chunks.Length || _chunks[chunk] is not { } elements || at >= elements.Length)
        {
            elements = Grow(chunk, at);
        }

        return ref elements[at];
    }

    /// <summary>Makes a slot's element zero again, if it was ever written to.</summary>
    public void Clear(int slot)
    {
        var (chunk, at) = (slot >> ChunkBits, slot & (ChunkSize - 1));
        if (chunk < _chunks.Length && _chunks[chunk] is { } elements && at < elements.Length)
        {
            elements[at] = default;
        }
    }

    private T[] Grow(int chunk, int at)
    {
        if (chunk >= _chunks.Length)
        {
            Array.Resize(ref _chunks, chunk + 1);
        }

        var size = chunk > 0 ? ChunkSize : Math.Max(FirstChunkSize, (int)BitOperations.RoundUpToPowerOf2((uint)at + 1));
        Array.Resize(ref _chunks[chunk], size);
        return _chunks[chunk]!;
    }
}
