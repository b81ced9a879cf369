using System.Runtime.InteropServices;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>A 64-bit hash that is the same in every process and version: draws samples and recognises duplicates.</summary>
internal static class StableHash
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>FNV-1a over the text and a number, finished by a mixer, as FNV's high bits differ too little between short texts.</summary>
    public static ulong Of(ReadOnlySpan<char> text, long number = 0)
    {
        var hash = OffsetBasis;
        unchecked
        {
            foreach (var b in MemoryMarshal.AsBytes(text))
            {
                hash = (hash ^ b) * Prime;
            }

            hash ^= (ulong)number * 0x9E3779B97F4A7C15;
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
            return hash ^ (hash >> 33);
        }
    }
}
