using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Limiter.Wire;
using static RateLimitSuite.Limiter.Envoy.V3.RateLimitResponse.Types;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>Writes an answer to Envoy as bytes of the protocol: the same bytes as the generated code, which measures what lies in the metadata once for
/// each of the five messages around it.</summary>
internal static class EnvoyResponseEncoder
{
    /// <summary>Writes an answer to where that of a call goes; nobody may touch it any more.</summary>
    public static void Write(RateLimitResponse response, SerializationContext context)
    {
        var size = response.CalculateSize();
        context.SetPayloadLength(size);
        var writer = context.GetBufferWriter();
        var written = Write(response, writer.GetSpan(size));
        Debug.Assert(written == size);
        writer.Advance(size);
        context.Complete();
        EnvoyAnswer.Written(response);
    }

    /// <summary>Writes an answer.</summary>
    /// <param name="response">Any.</param>
    /// <param name="to">At least as many bytes as the answer has.</param>
    /// <returns>Number of bytes written.</returns>
    public static int Write(RateLimitResponse response, Span<byte> to)
    {
        var writer = new WireWriter(to);
        writer.Number(RateLimitResponse.OverallCodeFieldNumber, (ulong)response.OverallCode);
        foreach (var status in response.Statuses)
        {
            var begin = writer.Begin(RateLimitResponse.StatusesFieldNumber);
            Write(ref writer, status);
            writer.End(begin);
        }

        foreach (var header in response.ResponseHeadersToAdd)
        {
            writer.Message(RateLimitResponse.ResponseHeadersToAddFieldNumber, header.ToByteArray());
        }

        foreach (var header in response.RequestHeadersToAdd)
        {
            writer.Message(RateLimitResponse.RequestHeadersToAddFieldNumber, header.ToByteArray());
        }

        if (!response.RawBody.IsEmpty)
        {
            writer.Message(RateLimitResponse.RawBodyFieldNumber, response.RawBody.Span);
        }

        if (response.DynamicMetadata is { } metadata)
        {
            Write(ref writer, RateLimitResponse.DynamicMetadataFieldNumber, metadata);
        }

        Write(ref writer, RateLimitResponse.QuotaFieldNumber, response.Quota);
        return writer.Length;
    }

    private static void Write(ref WireWriter writer, DescriptorStatus status)
    {
        writer.Number(DescriptorStatus.CodeFieldNumber, (ulong)status.Code);
        if (status.CurrentLimit is { } limit)
        {
            var begin = writer.Begin(DescriptorStatus.CurrentLimitFieldNumber);
            writer.Number(RateLimit.RequestsPerUnitFieldNumber, limit.RequestsPerUnit);
            writer.Number(RateLimit.UnitFieldNumber, (ulong)limit.Unit);
            writer.Text(RateLimit.NameFieldNumber, limit.Name);
            writer.End(begin);
        }

        writer.Number(DescriptorStatus.LimitRemainingFieldNumber, status.LimitRemaining);
        writer.Duration(DescriptorStatus.DurationUntilResetFieldNumber, status.DurationUntilReset);
        Write(ref writer, DescriptorStatus.QuotaFieldNumber, status.Quota);
    }

    private static void Write(ref WireWriter writer, int field, Quota? quota)
    {
        if (quota is not null)
        {
            writer.Message(field, quota.ToByteArray());
        }
    }

    private static void Write(ref WireWriter writer, int field, Struct fields)
    {
        const int KeyFieldNumber = 1, ValueFieldNumber = 2;   // of any map's entries
        var whole = writer.Begin(field);
        foreach (var (name, value) in fields.Fields)
        {
            var entry = writer.Begin(Struct.FieldsFieldNumber);
            writer.Text(KeyFieldNumber, name);
            Write(ref writer, ValueFieldNumber, value);
            writer.End(entry);
        }

        writer.End(whole);
    }

    // One of several: what it is is written even if it is 0 or empty.
    private static void Write(ref WireWriter writer, int field, Value value)
    {
        var begin = writer.Begin(field);
        switch (value.KindCase)
        {
            case Value.KindOneofCase.NullValue:
                writer.EachNumber(Value.NullValueFieldNumber, (ulong)value.NullValue);
                break;
            case Value.KindOneofCase.NumberValue:
                writer.Double(Value.NumberValueFieldNumber, value.NumberValue, present: true);
                break;
            case Value.KindOneofCase.StringValue:
                writer.EachText(Value.StringValueFieldNumber, value.StringValue);
                break;
            case Value.KindOneofCase.BoolValue:
                writer.EachNumber(Value.BoolValueFieldNumber, value.BoolValue ? 1u : 0u);
                break;
            case Value.KindOneofCase.StructValue:
                Write(ref writer, Value.StructValueFieldNumber, value.StructValue);
                break;
            case Value.KindOneofCase.ListValue:
                Write(ref writer, Value.ListValueFieldNumber, value.ListValue);
                break;
        }

        writer.End(begin);
    }

    private static void Write(ref WireWriter writer, int field, ListValue list)
    {
        var begin = writer.Begin(field);
        foreach (var value in list.Values)
        {
            Write(ref writer, ListValue.ValuesFieldNumber, value);
        }

        writer.End(begin);
    }
}
