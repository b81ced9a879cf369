using Grpc.Core;

namespace Grpc.Net.Wire;

/// <summary>A received message that breaks the framing, with the status it gives the call.</summary>
internal sealed class FrameException(Status status) : RpcException(status)
{
    public static FrameException BadFlag(byte flag) =>
        new(new Status(StatusCode.Internal, $"Unexpected compressed flag value {flag} in message header."));

    public static FrameException TooLong(int lengthMax) =>
        new(new Status(StatusCode.ResourceExhausted, $"Received message exceeds the maximum configured message size of {lengthMax} bytes."));

    public static FrameException TooLongToSend(int lengthMax) =>
        new(new Status(StatusCode.ResourceExhausted, $"Sending message exceeds the maximum configured message size of {lengthMax} bytes."));

    public static FrameException Incomplete() => new(new Status(StatusCode.Internal, "Incomplete message."));

    public static FrameException Surplus() => new(new Status(StatusCode.Internal, "Additional data after the message received."));

    public static FrameException MissingEncoding() =>
        new(new Status(StatusCode.Internal, "Request did not include grpc-encoding value with compressed message."));

    public static FrameException IdentityEncoding() =>
        new(new Status(StatusCode.Internal, "Request sent 'identity' grpc-encoding value with compressed message."));

    public static FrameException UnknownEncoding(string encoding, string supported) =>
        new(new Status(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {supported}"));
}
