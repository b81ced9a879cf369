using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Reads the messages of streams into such as were read before and have been answered.</summary>
/// <remarks>
/// The generated code makes each anew: a request with features is five objects and some 400 bytes, at a million a second a good part of what the
/// collector has to do. What is seldom, as charges, features of a deployment's own and text beyond ASCII, is left to the generated code with all of its
/// message, and so is whatever that might refuse.
/// </remarks>
internal static class DecideRequestDecoder
{
    private const int KeptMax = 64;
    private const int PlainBytesMax = 128 * 1024;

    // Tags of the fields: number and wire type.
    private const uint Requests = (DecideBatchRequest.RequestsFieldNumber << 3) | Bytes;
    private const uint ClientId = (DecideRequest.ClientIdFieldNumber << 3) | Bytes;
    private const uint Domain = (DecideRequest.DomainFieldNumber << 3) | Bytes;
    private const uint RequestId = (DecideRequest.RequestIdFieldNumber << 3) | Bytes;
    private const uint Cost = (DecideRequest.CostFieldNumber << 3) | Fixed64;
    private const uint Features = (DecideRequest.FeaturesFieldNumber << 3) | Bytes;
    private const uint ClientIp = (DecideRequest.ClientIpFieldNumber << 3) | Bytes;
    private const uint Attempt = (DecideRequest.AttemptFieldNumber << 3) | Varint;
    private const uint Backend = (DecideRequest.BackendFieldNumber << 3) | Bytes;
    private const uint RequestVolume = (CallerFeatures.RequestVolumeFieldNumber << 3) | Fixed64;
    private const uint AvgLatency = (CallerFeatures.AvgLatencyFieldNumber << 3) | Fixed64;
    private const uint ClientRisk = (CallerFeatures.ClientRiskFieldNumber << 3) | Fixed64;
    private const uint HourOfDay = (CallerFeatures.HourOfDayFieldNumber << 3) | Fixed64;
    private const uint RequestSize = (CallerFeatures.RequestSizeFieldNumber << 3) | Fixed64;
    private const uint IpReputation = (CallerFeatures.IpReputationFieldNumber << 3) | Fixed64;

    private const uint Varint = 0;
    private const uint Fixed64 = 1;
    private const uint Bytes = 2;

    private static readonly MessageParser<DecideBatchRequest> Generated = DecideBatchRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly ConcurrentQueue<DecideBatchRequest> Kept = new();

    [ThreadStatic]
    private static byte[]? _scratch;

    /// <summary>Reads the message of a call.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static DecideBatchRequest Read(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        if (payload.Length <= PlainBytesMax)
        {
            var batch = Kept.TryDequeue(out var kept) ? kept : new DecideBatchRequest();
            if (TryRead(payload.IsSingleSegment ? payload.FirstSpan : Copy(payload), batch))
            {
                return batch;
            }
        }

        return Generated.ParseFrom(payload);
    }

    /// <summary>Takes back a message that has been answered, to be filled in again; the caller must not touch it any more.</summary>
    public static void Return(DecideBatchRequest batch)
    {
        if (Kept.Count < KeptMax && TryEmpty(batch))
        {
            Kept.Enqueue(batch);
        }
    }

    /// <summary>Leaves nothing in a message but room; false where it holds what is seldom, and may be of any size.</summary>
    internal static bool TryEmpty(DecideBatchRequest batch)
    {
        foreach (var request in batch.Requests)
        {
            if (request.Charges.Count > 0 || request.Features is { More.Count: > 0 })
            {
                return false;
            }

            Empty(request);
        }

        return true;
    }

    /// <summary>Reads a message if it is plain.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="batch">A new one, or one that was emptied; of no use where the result is false.</param>
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

            if (!TryRead(within, requests[count++]))
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

    private static bool TryRead(ReadOnlySpan<byte> bytes, DecideRequest request)
    {
        var spare = request.Features;
        request.Features = null;
        var reader = new WireReader(bytes);
        var plain = true;
        while (plain && !reader.IsAtEnd)
        {
            string text;
            switch (reader.Tag())
            {
                case ClientId:
                    plain = TryText(ref reader, out text);
                    request.ClientId = text;
                    break;
                case Domain:
                    plain = TryText(ref reader, out text);
                    request.Domain = text;
                    break;
                case RequestId:
                    plain = TryText(ref reader, out text);
                    request.RequestId = text;
                    break;
                case Cost:
                    plain = reader.TryDouble(out var cost);
                    request.Cost = cost;
                    break;
                case Features:
                    request.Features ??= spare ?? new CallerFeatures();   // A second one is merged into the first.
                    plain = reader.TryBytes(out var within) && TryRead(within, request.Features);
                    break;
                case ClientIp:
                    plain = TryText(ref reader, out text);
                    request.ClientIp = text;
                    break;
                case Attempt:
                    plain = reader.TryNumber(out var attempt);
                    request.Attempt = attempt;
                    break;
                case Backend:
                    plain = TryText(ref reader, out text);
                    request.Backend = text;
                    break;
                default:
                    return false;
            }
        }

        return plain;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, CallerFeatures features)
    {
        var reader = new WireReader(bytes);
        while (!reader.IsAtEnd)
        {
            var tag = reader.Tag();
            if (!reader.TryDouble(out var value))
            {
                return false;
            }

            switch (tag)
            {
                case RequestVolume:
                    features.RequestVolume = value;
                    break;
                case AvgLatency:
                    features.AvgLatency = value;
                    break;
                case ClientRisk:
                    features.ClientRisk = value;
                    break;
                case HourOfDay:
                    features.HourOfDay = value;
                    break;
                case RequestSize:
                    features.RequestSize = value;
                    break;
                case IpReputation:
                    features.IpReputation = value;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryText(ref WireReader reader, out string text)
    {
        if (reader.TryBytes(out var bytes) && Ascii.IsValid(bytes))
        {
            text = Encoding.ASCII.GetString(bytes);
            return true;
        }

        text = "";
        return false;
    }

    private static void Empty(DecideRequest request)
    {
        request.ClientId = request.Domain = request.RequestId = request.ClientIp = request.Backend = "";
        request.ClearCost();
        request.Attempt = 0;
        if (request.Features is { } features)
        {
            features.ClearRequestVolume();
            features.ClearAvgLatency();
            features.ClearClientRisk();
            features.ClearHourOfDay();
            features.ClearRequestSize();
            features.ClearIpReputation();
        }
    }

    private static ReadOnlySpan<byte> Copy(ReadOnlySequence<byte> payload)
    {
        var length = (int)payload.Length;
        if (_scratch is null || _scratch.Length < length)
        {
            _scratch = new byte[length];
        }

        payload.CopyTo(_scratch);
        return _scratch.AsSpan(0, length);
    }
}
