using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace RateLimitSuite.Limiter.Clients;

/// <summary>What stands for a client in the table instead of its id: 128 bits of a keyed hash over policy and id.</summary>
/// <remarks>
/// The id itself would cost a reference, an object and two cache misses a look-up. Two of a million clients are alike with a probability of
/// 10⁻²⁷; callers choose ids, but cannot aim: the two seeds are drawn anew in each process and never leave it.
/// Each half folds 16 bytes a step by a 128-bit product.
/// </remarks>
internal readonly record struct ClientFingerprint(ulong High, ulong Low)
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xC2B2AE3D27D4EB4F;

    private static readonly ulong HighSeed = Draw();
    private static readonly ulong LowSeed = Draw();

    /// <summary>The fingerprint of a client under a policy.</summary>
    public static ClientFingerprint Of(ReadOnlySpan<byte> id, int policy)
    {
        // Apart from the bytes, or a length could make up for a difference in them.
        var shape = First ^ ((ulong)(uint)policy << 32) ^ (uint)id.Length;
        var (high, low) = (HighSeed, LowSeed);
        while (id.Length > 16)
        {
            var (one, two) = (Read8(id), Read8(id[8..]));
            high = Fold(high ^ one ^ First, two ^ Second);
            low = Fold(low ^ one ^ Second, two ^ First);
            id = id[16..];
        }

        var (start, end) = Tail(id);
        high = Fold(high ^ start ^ First, end ^ Second);
        low = Fold(low ^ start ^ Second, end ^ First);
        return new ClientFingerprint(Fold(high ^ Second, shape), Fold(low ^ First, shape ^ Second));
    }

    // 0..16 bytes as two words that differ whenever the bytes do (the length is hashed apart).
    private static (ulong Start, ulong End) Tail(ReadOnlySpan<byte> id) => id.Length switch
    {
        >= 8 => (Read8(id), Read8(id[^8..])),
        >= 4 => (BinaryPrimitives.ReadUInt32LittleEndian(id), BinaryPrimitives.ReadUInt32LittleEndian(id[^4..])),
        > 0 => ((ulong)id[0] | (ulong)id[id.Length >> 1] << 8 | (ulong)id[^1] << 16, 0),
        _ => (0, 0),
    };

    private static ulong Read8(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static ulong Draw() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}
