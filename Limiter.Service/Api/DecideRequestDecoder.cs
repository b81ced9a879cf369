using Google.Protobuf;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Reads requests into such as were read before and have been answered.</summary>
/// <remarks>
/// The generated code makes each anew: a request with features is five objects and some 400 bytes, at a million a second a good part of what the
/// collector has to do. What is seldom, as charges, features of a deployment's own and text beyond ASCII, is left to the generated code with all of its
/// message, and so is whatever that might refuse.
/// </remarks>
internal static class DecideRequestDecoder
{
    private const int PlainBytesMax = 4 * 1024;

    // Tags of the fields: number and wire type.
    private const uint ClientId = (DecideRequest.ClientIdFieldNumber << 3) | WireReader.Bytes;
    private const uint Domain = (DecideRequest.DomainFieldNumber << 3) | WireReader.Bytes;
    private const uint RequestId = (DecideRequest.RequestIdFieldNumber << 3) | WireReader.Bytes;
    private const uint Cost = (DecideRequest.CostFieldNumber << 3) | WireReader.Fixed64;
    private const uint Features = (DecideRequest.FeaturesFieldNumber << 3) | WireReader.Bytes;
    private const uint ClientIp = (DecideRequest.ClientIpFieldNumber << 3) | WireReader.Bytes;
    private const uint Attempt = (DecideRequest.AttemptFieldNumber << 3) | WireReader.Varint;
    private const uint Backend = (DecideRequest.BackendFieldNumber << 3) | WireReader.Bytes;
    private const uint RequestVolume = (CallerFeatures.RequestVolumeFieldNumber << 3) | WireReader.Fixed64;
    private const uint AvgLatency = (CallerFeatures.AvgLatencyFieldNumber << 3) | WireReader.Fixed64;
    private const uint ClientRisk = (CallerFeatures.ClientRiskFieldNumber << 3) | WireReader.Fixed64;
    private const uint HourOfDay = (CallerFeatures.HourOfDayFieldNumber << 3) | WireReader.Fixed64;
    private const uint RequestSize = (CallerFeatures.RequestSizeFieldNumber << 3) | WireReader.Fixed64;
    private const uint IpReputation = (CallerFeatures.IpReputationFieldNumber << 3) | WireReader.Fixed64;

    private static readonly MessageParser<DecideRequest> Generated = DecideRequest.Parser.WithDiscardUnknownFields(true);

    [ThreadStatic]
    private static DecideRequest? _spare;

    /// <summary>Reads the request of a call.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static DecideRequest Read(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        if (payload.Length <= PlainBytesMax)
        {
            var request = _spare ?? new DecideRequest();
            _spare = null;
            if (TryRead(Payload.InOnePiece(payload), request))
            {
                return request;
            }
        }

        return Generated.ParseFrom(payload);
    }

    /// <summary>Takes back a request that has been answered, to be filled in again; the caller must not touch it any more.</summary>
    public static void Return(DecideRequest request)
    {
        if (IsPlain(request))
        {
            _spare = request;
        }
    }

    /// <summary>Whether <see cref="TryRead(ReadOnlySpan{byte}, DecideRequest)"/> leaves nothing of a request: it holds nothing that is seldom, and may be of any size.</summary>
    internal static bool IsPlain(DecideRequest request) => request.Charges.Count == 0 && request.Features is not { More.Count: > 0 };

    /// <summary>Reads a request if it is plain.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="request">A plain one, whose content is replaced and whose texts are kept where they are the same; of no use where the result is false.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, DecideRequest request)
    {
        var (clientId, domain, requestId, clientIp, backend) = (request.ClientId, request.Domain, request.RequestId, request.ClientIp, request.Backend);
        var features = request.Features;
        Clear(request);
        var reader = new WireReader(bytes);
        var plain = true;
        while (plain && !reader.IsAtEnd)
        {
            string text;
            switch (reader.Tag())
            {
                case ClientId:
                    plain = reader.TryText(clientId, out text);
                    request.ClientId = text;
                    break;
                case Domain:
                    plain = reader.TryText(domain, out text);
                    request.Domain = text;
                    break;
                case RequestId:
                    plain = reader.TryText(requestId, out text);
                    request.RequestId = text;
                    break;
                case Cost:
                    plain = reader.TryDouble(out var cost);
                    request.Cost = cost;
                    break;
                case Features:
                    request.Features ??= Cleared(features);   // A second one is merged into the first.
                    plain = reader.TryBytes(out var within) && TryRead(within, request.Features);
                    break;
                case ClientIp:
                    plain = reader.TryText(clientIp, out text);
                    request.ClientIp = text;
                    break;
                case Attempt:
                    plain = reader.TryNumber(out var attempt);
                    request.Attempt = attempt;
                    break;
                case Backend:
                    plain = reader.TryText(backend, out text);
                    request.Backend = text;
                    break;
                default:
                    return false;
            }
        }

        return plain;
    }

    private static void Clear(DecideRequest request)
    {
        request.ClientId = request.Domain = request.RequestId = request.ClientIp = request.Backend = "";
        request.ClearCost();
        request.Attempt = 0;
        request.Features = null;
    }

    private static CallerFeatures Cleared(CallerFeatures? features)
    {
        if (features is null)
        {
            return new CallerFeatures();
        }

        features.ClearRequestVolume();
        features.ClearAvgLatency();
        features.ClearClientRisk();
        features.ClearHourOfDay();
        features.ClearRequestSize();
        features.ClearIpReputation();
        return features;
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
}
