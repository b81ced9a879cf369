using System.Buffers.Binary;
using System.Numerics;

namespace RateLimitSuite.Limiter.Experiments;

/// <summary>SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash whose values nobody can foretell or aim for without the key.</summary>
internal static class SipHash
{
    /// <summary>The hash of some bytes. Allocates nothing.</summary>
    public static ulong Of(ulong key0, ulong key1, ReadOnlySpan<byte> bytes)
    {
        var (v0, v1, v2, v3) = (key0 ^ 0x736F6D6570736575, key1 ^ 0x646F72616E646F6D, key0 ^ 0x6C7967656E657261, key1 ^ 0x7465646279746573);
        var last = (ulong)bytes.Length << 56;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(bytes), ref v0, ref v1, ref v2, ref v3);
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            last |= (ulong)bytes[i] << (8 * i);
        }

        Absorb(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xFF;
        for (var round = 0; round < 4; round++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        unchecked
        {
            v0 += v1;
            v2 += v3;
            v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
            v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
            v0 = BitOperations.RotateLeft(v0, 32) + v3;
            v2 += v1;
            v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
            v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
            v2 = BitOperations.RotateLeft(v2, 32);
        }
    }
}
