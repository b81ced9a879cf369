using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Net.Wire;

namespace Grpc.AspNetCore.Server;

/// <summary>Takes messages out of what has been read of a request's body.</summary>
internal static class RequestMessages
{
    /// <summary>Takes the one message of a request that must have one and no more.</summary>
    /// <returns>Null if more must be read; the body has then been told so.</returns>
    /// <exception cref="FrameException">The body breaks the framing, or has another number of messages.</exception>
    public static T? TryTakeSingle<T>(PipeReader body, in ReadResult read, Marshaller<T> marshaller, HttpCallContext call)
        where T : class
    {
        var buffer = read.Buffer;
        if (TryTake(ref buffer, call.Settings, out var payload, out var compressed))
        {
            if (!buffer.IsEmpty)
            {
                throw FrameException.Surplus();
            }

            if (read.IsCompleted)
            {
                var message = Deserialize(payload, compressed, marshaller, call);
                body.AdvanceTo(read.Buffer.End);
                return message;
            }
        }
        else if (read.IsCompleted)
        {
            throw FrameException.Incomplete();
        }

        ThrowIfCanceled(read);
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return null;
    }

    /// <summary>Takes the next message of a stream.</summary>
    /// <returns>Whether something was found: a message, or the end of the stream, for which the message is null.</returns>
    public static bool TryTakeNext<T>(PipeReader body, in ReadResult read, Marshaller<T> marshaller, HttpCallContext call, out T? message)
        where T : class
    {
        var buffer = read.Buffer;
        if (TryTake(ref buffer, call.Settings, out var payload, out var compressed))
        {
            message = Deserialize(payload, compressed, marshaller, call);
            body.AdvanceTo(buffer.Start);
            return true;
        }

        message = null;
        if (read.IsCompleted)
        {
            return read.Buffer.IsEmpty ? true : throw FrameException.Incomplete();
        }

        ThrowIfCanceled(read);
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return false;
    }

    private static bool TryTake(ref ReadOnlySequence<byte> buffer, MethodSettings settings, out ReadOnlySequence<byte> payload, out bool compressed)
    {
        payload = default;
        compressed = false;
        if (buffer.Length < MessageFrame.HeaderLength)
        {
            return false;
        }

        Span<byte> copy = stackalloc byte[MessageFrame.HeaderLength];
        scoped var header = buffer.FirstSpan;
        if (header.Length < MessageFrame.HeaderLength)
        {
            buffer.Slice(0, MessageFrame.HeaderLength).CopyTo(copy);
            header = copy;
        }

        // Before the payload is there: a message that is too long must not be gathered first.
        var length = MessageFrame.ReadHeader(header, settings.MaxReceiveMessageSize, out compressed);
        if (buffer.Length - MessageFrame.HeaderLength < length)
        {
            return false;
        }

        payload = buffer.Slice(MessageFrame.HeaderLength, length);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    private static T Deserialize<T>(in ReadOnlySequence<byte> payload, bool compressed, Marshaller<T> marshaller, HttpCallContext call)
    {
        if (!compressed)
        {
            return PayloadContext.Deserialize(marshaller, payload);
        }

        string? encoding = call.Http.Request.Headers[HeaderNames.Encoding];
        return PayloadContext.Deserialize(marshaller, call.Settings.Encodings.Decompress(payload, encoding, call.Settings.MaxReceiveMessageSize));
    }

    private static void ThrowIfCanceled(in ReadResult read)
    {
        if (read.IsCanceled)
        {
            throw new OperationCanceledException();
        }
    }
}
