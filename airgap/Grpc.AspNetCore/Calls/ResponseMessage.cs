using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Compression;
using Grpc.Net.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Serializes a response right into the connection's buffers.</summary>
/// <remarks>A serializer runs to its end on one thread, so that thread's one context is lent to it.</remarks>
internal sealed class ResponseMessage : SerializationContext
{
    [ThreadStatic]
    private static ResponseMessage? Idle;

    private PipeWriter _pipe = null!;
    private int? _lengthMax;
    private ArrayBufferWriter<byte>? _buffer;
    private bool _hasHeader;

    public static void Write<T>(PipeWriter pipe, T message, Marshaller<T> marshaller, ICompressionProvider? compression, MethodSettings settings)
    {
        if (message is null)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));
        }

        if (compression is not null)
        {
            pipe.Write(new MessageBuffer { CompressionLevel = settings.ResponseCompressionLevel }
                .Write(message, marshaller, compression, settings.MaxSendMessageSize).Span);
            return;
        }

        var context = Idle ?? new ResponseMessage();
        Idle = null;
        context._pipe = pipe;
        context._lengthMax = settings.MaxSendMessageSize;
        try
        {
            marshaller.ContextualSerializer(message, context);
        }
        finally
        {
            context._pipe = null!;
            context._buffer = null;
            context._hasHeader = false;
            Idle = context;
        }
    }

    public override void SetPayloadLength(int payloadLength) => WriteHeader(payloadLength);

    public override IBufferWriter<byte> GetBufferWriter() => _hasHeader ? _pipe : _buffer ??= new ArrayBufferWriter<byte>();

    public override void Complete()
    {
        if (!_hasHeader)
        {
            Complete(_buffer is null ? default : _buffer.WrittenSpan);
        }
    }

    public override void Complete(byte[] payload) => Complete(payload.AsSpan());

    private void Complete(ReadOnlySpan<byte> payload)
    {
        if (!_hasHeader)
        {
            WriteHeader(payload.Length);
        }

        _pipe.Write(payload);
    }

    private void WriteHeader(int length)
    {
        if (length > _lengthMax)
        {
            throw FrameException.TooLongToSend(_lengthMax.Value);
        }

        MessageFrame.WriteHeader(_pipe.GetSpan(MessageFrame.HeaderLength), length, compressed: false);
        _pipe.Advance(MessageFrame.HeaderLength);
        _hasHeader = true;
    }
}
