using System.Net;

namespace Grpc.Net.Client.Calls;

/// <summary>The body of a call with one request. Can be sent again.</summary>
internal sealed class SingleMessageContent(ReadOnlyMemory<byte> frame) : RequestContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(frame, cancellationToken).AsTask();
}
