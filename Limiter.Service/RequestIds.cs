using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RateLimitSuite.Limiter;

/// <summary>Makes request ids: UUIDv7, the time first, so that they sort by it.</summary>
/// <remarks>As <see cref="Guid.CreateVersion7()"/>, but asks the system for randomness once in hundreds of ids: that call costs more than a decision.</remarks>
internal static class RequestIds
{
    private const int Bytes = 16;
    private const int Batch = 256 * Bytes;

    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    /// <param name="unixMicroseconds">Event time, UTC.</param>
    public static string Make(long unixMicroseconds)
    {
        var random = _random ??= new byte[Batch];
        if (_used % Batch == 0)
        {
            RandomNumberGenerator.Fill(random);
            _used = 0;
        }

        var id = random.AsSpan(_used, Bytes);
        _used += Bytes;
        Span<byte> time = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(time, unixMicroseconds / 1000);
        time[2..].CopyTo(id);
        id[6] = (byte)(0x70 | (id[6] & 0x0F));
        id[8] = (byte)(0x80 | (id[8] & 0x3F));
        return new Guid(id, bigEndian: true).ToString();
    }
}
