using Google.Protobuf;
using Grpc.Core;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Wire;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitDescriptor.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Reads Envoy's requests into such as were read before and have been answered.</summary>
/// <remarks>A gateway sends the same domain and keys again and again, and the generated code makes each anew. What is seldom, as a limit or hits of a
/// descriptor's own and text beyond ASCII, is left to it with all of its message, and so is whatever it might refuse.</remarks>
internal static class EnvoyRequestDecoder
{
    private const int PlainBytesMax = 4 * 1024;

    // Tags of the fields: number and wire type.
    private const uint Domain = (RateLimitRequest.DomainFieldNumber << 3) | WireReader.Bytes;
    private const uint Descriptors = (RateLimitRequest.DescriptorsFieldNumber << 3) | WireReader.Bytes;
    private const uint HitsAddend = (RateLimitRequest.HitsAddendFieldNumber << 3) | WireReader.Varint;
    private const uint Entries = (RateLimitDescriptor.EntriesFieldNumber << 3) | WireReader.Bytes;
    private const uint Key = (Entry.KeyFieldNumber << 3) | WireReader.Bytes;
    private const uint EntryValue = (Entry.ValueFieldNumber << 3) | WireReader.Bytes;

    private static readonly MessageParser<RateLimitRequest> Generated = RateLimitRequest.Parser.WithDiscardUnknownFields(true);

    [ThreadStatic]
    private static RateLimitRequest? _spare;

    /// <summary>Reads the request of a call.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static RateLimitRequest Read(DeserializationContext context)
    {
        var payload = context.PayloadAsReadOnlySequence();
        if (payload.Length <= PlainBytesMax)
        {
            var request = _spare ?? new RateLimitRequest();
            _spare = null;
            if (TryRead(Payload.InOnePiece(payload), request))
            {
                return request;
            }
        }

        return Generated.ParseFrom(payload);
    }

    /// <summary>Takes back a request that has been answered, to be filled in again; the caller must not touch it any more.</summary>
    public static void Return(RateLimitRequest request)
    {
        foreach (var descriptor in request.Descriptors)
        {
            if (descriptor.Limit is not null || descriptor.HitsAddend is not null || descriptor.IsNegativeHits)
            {
                return;
            }
        }

        _spare = request;
    }

    /// <summary>Reads a request if it is plain.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="request">A plain one, whose content is replaced and whose texts are kept where they are the same; of no use where the result is false.</param>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, RateLimitRequest request)
    {
        var domain = request.Domain;
        request.Domain = "";
        request.HitsAddend = 0;
        var reader = new WireReader(bytes);
        var (plain, count) = (true, 0);
        while (plain && !reader.IsAtEnd)
        {
            switch (reader.Tag())
            {
                case Domain:
                    plain = reader.TryText(domain, out var text);
                    request.Domain = text;
                    break;
                case Descriptors:
                    if (count == request.Descriptors.Count)
                    {
                        request.Descriptors.Add(new RateLimitDescriptor());
                    }

                    plain = reader.TryBytes(out var within) && TryRead(within, request.Descriptors[count++]);
                    break;
                case HitsAddend:
                    plain = reader.TryNumber(out var hits);
                    request.HitsAddend = hits;
                    break;
                default:
                    return false;
            }
        }

        while (request.Descriptors.Count > count)
        {
            request.Descriptors.RemoveAt(request.Descriptors.Count - 1);
        }

        return plain;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, RateLimitDescriptor descriptor)
    {
        var reader = new WireReader(bytes);
        var count = 0;
        while (!reader.IsAtEnd)
        {
            if (reader.Tag() != Entries || !reader.TryBytes(out var within))
            {
                return false;
            }

            if (count == descriptor.Entries.Count)
            {
                descriptor.Entries.Add(new Entry());
            }

            if (!TryRead(within, descriptor.Entries[count++]))
            {
                return false;
            }
        }

        while (descriptor.Entries.Count > count)
        {
            descriptor.Entries.RemoveAt(descriptor.Entries.Count - 1);
        }

        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> bytes, Entry entry)
    {
        var (key, value) = (entry.Key, entry.Value);
        entry.Key = entry.Value = "";
        var reader = new WireReader(bytes);
        var plain = true;
        while (plain && !reader.IsAtEnd)
        {
            string text;
            switch (reader.Tag())
            {
                case Key:
                    plain = reader.TryText(key, out text);
                    entry.Key = text;
                    break;
                case EntryValue:
                    plain = reader.TryText(value, out text);
                    entry.Value = text;
                    break;
                default:
                    return false;
            }
        }

        return plain;
    }
}
