using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>A keyed 64-bit hash of a client's bytes: 16 bytes a step, folded by a 128-bit product.</summary>
/// <remarks>Callers choose client ids, so the seed is drawn anew in each process: nobody can aim at one shard.</remarks>
internal static class ClientHash
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xC2B2AE3D27D4EB4F;

    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Hashes a client's id within one policy.</summary>
    public static ulong Of(ReadOnlySpan<byte> id, int policy)
    {
        // Apart from the bytes, or a length could make up for a difference in them.
        var shape = First ^ ((ulong)(uint)policy << 32) ^ (uint)id.Length;
        var hash = Seed;
        while (id.Length > 16)
        {
            hash = Fold(hash ^ Read8(id) ^ First, Read8(id[8..]) ^ Second);
            id = id[16..];
        }

        var (low, high) = Tail(id);
        hash = Fold(hash ^ low ^ First, high ^ Second);
        return Fold(hash ^ Second, shape);
    }

    // 0..16 bytes as two words that differ whenever the bytes do (the length is hashed apart).
    private static (ulong Low, ulong High) Tail(ReadOnlySpan<byte> id) => id.Length switch
    {
        >= 8 => (Read8(id), Read8(id[^8..])),
        >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(id), BinaryPrimitives.ReadUInt32LittleEndian(id[^4..])),
        > 0 => ((ulong)id[0] | (ulong)id[id.Length >> 1] << 8 | (ulong)id[^1] << 16, 0),
        _ => (0, 0),
    };

    private static ulong Read8(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
