using System.Buffers.Binary;
using Google.Protobuf;

namespace RateLimitSuite.Benchmarks.Grpc;

/// <summary>A message as it goes over the wire: a flag, its length, its bytes.</summary>
internal static class GrpcFrame
{
    public const int HeaderLength = 5;

    public static byte[] Of(IMessage message)
    {
        var body = message.ToByteArray();
        var frame = new byte[HeaderLength + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame.AsSpan(HeaderLength));
        return frame;
    }
}
