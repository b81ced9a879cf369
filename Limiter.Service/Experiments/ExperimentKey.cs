using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace RateLimitSuite.Limiter.Experiments;

/// <summary>The secret by which chance is drawn: the same request, client and window always draw the same, and no caller can foretell what.</summary>
internal sealed class ExperimentKey
{
    private const double UnitPer53Bits = 1.0 / (1UL << 53);

    // Keeps what one purpose draws apart from what another does.
    private const ulong ProbePurpose = 0x70726F6265;
    private const ulong DitherPurpose = 0x646974686572;

    private readonly ulong _key0;
    private readonly ulong _key1;

    /// <param name="secret">Replicas with the same one draw alike; null or empty: drawn anew.</param>
    public ExperimentKey(string? secret)
    {
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        if (string.IsNullOrEmpty(secret))
        {
            RandomNumberGenerator.Fill(key);
        }
        else
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(secret), key);
        }

        _key0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        _key1 = BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]);
    }

    /// <summary>A request's place in [0, 1) among those that might be probes.</summary>
    public double ProbePoint(ReadOnlySpan<char> requestId) =>
        (SipHash.Of(_key0 ^ ProbePurpose, _key1, MemoryMarshal.AsBytes(requestId)) >> 11) * UnitPer53Bits;

    /// <summary>A client's place in the order in which a window's dither is dealt.</summary>
    /// <param name="clientIdUtf8">Who; empty: the window's own draw.</param>
    /// <param name="window">Number of the window.</param>
    public ulong DitherRank(ReadOnlySpan<byte> clientIdUtf8, long window) =>
        SipHash.Of(_key0 ^ DitherPurpose, unchecked(_key1 + (ulong)window), clientIdUtf8);
}
