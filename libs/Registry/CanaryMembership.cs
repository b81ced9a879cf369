using System.Runtime.InteropServices;

namespace RateLimitSuite.Registry;

/// <summary>Which clients a challenger governs: a fixed share, picked by a hash of the client's id and the challenger's salt.</summary>
/// <remarks>Every process gets the same answer for the same client, and a client that is in at 5 % is still in at 25 %, so no bucket
/// alternates between models. The hash is part of that contract: FNV-1a over the bytes, finished by MurmurHash3's mixer, as FNV's
/// high bits alone differ too little between short ids. Allocates nothing.</remarks>
public readonly struct CanaryMembership
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const double UnitPer53Bits = 1.0 / (1UL << 53);

    private readonly ulong _seed;
    private readonly double _share;

    /// <summary>Hashes the salt once, for callers that ask per request.</summary>
    /// <param name="salt">See <see cref="RegistrySnapshot.Salt"/>.</param>
    /// <param name="share">Share of clients, 0..1.</param>
    public CanaryMembership(ReadOnlySpan<char> salt, double share)
    {
        _seed = Append(OffsetBasis, MemoryMarshal.AsBytes(salt));
        _share = share;
    }

    /// <summary>Whether the client is one of the share.</summary>
    public bool Contains(ReadOnlySpan<byte> clientIdUtf8) => Point(_seed, clientIdUtf8) < _share;

    /// <summary>The same for a caller that asks once.</summary>
    public static bool Contains(ReadOnlySpan<byte> clientIdUtf8, ReadOnlySpan<char> salt, double share) =>
        new CanaryMembership(salt, share).Contains(clientIdUtf8);

    // The client's place in [0, 1): the top 53 bits are what a double holds exactly.
    private static double Point(ulong seed, ReadOnlySpan<byte> clientIdUtf8) => (Mix(Append(seed, clientIdUtf8)) >> 11) * UnitPer53Bits;

    private static ulong Append(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
        {
            hash = unchecked((hash ^ b) * Prime);
        }

        return hash;
    }

    private static ulong Mix(ulong hash)
    {
        unchecked
        {
            hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
            hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
            return hash ^ (hash >> 33);
        }
    }
}
