using System.Buffers.Binary;

namespace Grpc.Net.Wire;

/// <summary>The five bytes before each message: a flag that tells whether it is compressed, and its length, big-endian.</summary>
internal static class MessageFrame
{
    public const int HeaderLength = 5;

    public static void WriteHeader(Span<byte> destination, int length, bool compressed)
    {
        destination[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)length);
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="FrameException">The flag is unknown or the message is longer than allowed.</exception>
    public static int ReadHeader(ReadOnlySpan<byte> header, int? lengthMax, out bool compressed)
    {
        if (header[0] > 1)
        {
            throw FrameException.BadFlag(header[0]);
        }

        compressed = header[0] == 1;
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(lengthMax ?? Array.MaxLength))
        {
            throw FrameException.TooLong(lengthMax ?? Array.MaxLength);
        }

        return (int)length;
    }
}
