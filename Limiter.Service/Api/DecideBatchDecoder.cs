using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Reads the messages of streams into such as were read before and have been answered; else as <see cref="DecideRequestDecoder"/>.</summary>
internal static class DecideBatchDecoder
{
    private const int KeptMax = 64;
    private const int PlainBytesMax = 128 * 1024;
    private const uint Requests = (DecideBatchRequest.RequestsFieldNumber << 3) | WireReader.Bytes;

    private static readonly MessageParser<DecideBatchRequest> Generated = DecideBatchRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly ConcurrentQueue<DecideBatchRequest> Kept = new();

    /// <summary>Reads a message of a stream.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static DecideBatchRequest Read(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        if (payload.Length <= PlainBytesMax)
        {
            var batch = Kept.TryDequeue(out var kept) ? kept : new DecideBatchRequest();
            if (TryRead(Payload.InOnePiece(payload), batch))
            {
                return batch;
            }
        }

        return Generated.ParseFrom(payload);
    }

    /// <summary>Takes back a message that has been answered, to be filled in again; the caller must not touch it any more.</summary>
    public static void Return(DecideBatchRequest batch)
    {
        if (Kept.Count < KeptMax && IsPlain(batch))
        {
            Kept.Enqueue(batch);
        }
    }

    /// <summary>Reads a message if it is plain.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="batch">A plain one, whose content is replaced; of no use where the result is false.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, DecideBatchRequest batch)
    {
        var requests = batch.Requests;
        var reader = new WireReader(bytes);
        var count = 0;
        while (!reader.IsAtEnd)
        {
            if (reader.Tag() != Requests || !reader.TryBytes(out var within))
            {
                return false;
            }

            if (count == requests.Count)
            {
                requests.Add(new DecideRequest());
            }

            if (!DecideRequestDecoder.TryRead(within, requests[count++]))
            {
                return false;
            }
        }

        while (requests.Count > count)
        {
            requests.RemoveAt(requests.Count - 1);
        }

        return true;
    }

    private static bool IsPlain(DecideBatchRequest batch)
    {
        foreach (var request in batch.Requests)
        {
            if (!DecideRequestDecoder.IsPlain(request))
            {
                return false;
            }
        }

        return true;
    }
}
