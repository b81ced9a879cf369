using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Writes answers as bytes of the protocol: the same bytes as the generated code, which goes over an answer once to measure it, and twice more
/// for the messages around it in a stream.</summary>
internal static class DecideResponseEncoder
{
    // By far enough for the fields of an answer that are no text, and for what is around it.
    private const int ScalarsMax = 16 * WireWriter.FieldMax;

    [ThreadStatic]
    private static byte[]? _scratch;

    [ThreadStatic]
    private static DecideResponse? _spare;

    /// <summary>An answer to fill in, with what another decision has left in it.</summary>
    public static DecideResponse Rent()
    {
        var response = _spare ?? new DecideResponse();
        _spare = null;
        return response;
    }

    /// <summary>Writes the answer of a call, and keeps it to be filled in again: nobody may touch it any more.</summary>
    public static void WriteAndKeep(DecideResponse response, SerializationContext context)
    {
        Write(Encode(response), context);
        _spare = response;
    }

    /// <summary>Writes a message to where the answers of a call go.</summary>
    public static void Write(DecideBatchResponse batch, SerializationContext context) => Write(Encode(batch), context);

    /// <summary>An answer as bytes, which this thread's next call writes over.</summary>
    public static ReadOnlySpan<byte> Encode(DecideResponse response)
    {
        var writer = new WireWriter(Room(SizeMax(response)));
        Write(ref writer, response);
        return _scratch.AsSpan(0, writer.Length);
    }

    /// <summary>A message as bytes, which this thread's next call writes over.</summary>
    public static ReadOnlySpan<byte> Encode(DecideBatchResponse batch)
    {
        var size = 0;
        foreach (var result in batch.Results)
        {
            size += SizeMax(result);
        }

        var writer = new WireWriter(Room(size));
        foreach (var result in batch.Results)
        {
            var begin = writer.Begin(DecideBatchResponse.ResultsFieldNumber);
            Write(ref writer, result);
            writer.End(begin);
        }

        return _scratch.AsSpan(0, writer.Length);
    }

    private static Span<byte> Room(int size)
    {
        if (_scratch is null || _scratch.Length < size)
        {
            _scratch = new byte[size];
        }

        return _scratch;
    }

    private static void Write(ReadOnlySpan<byte> bytes, SerializationContext context)
    {
        context.SetPayloadLength(bytes.Length);
        var writer = context.GetBufferWriter();
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
        context.Complete();
    }

    private static void Write(ref WireWriter writer, DecideResult result)
    {
        if (result.ResultCase == DecideResult.ResultOneofCase.None)
        {
            return;
        }

        var begin = writer.Begin((int)result.ResultCase);
        if (result.Response is { } response)
        {
            Write(ref writer, response);
        }
        else
        {
            writer.Signed(RequestFault.CodeFieldNumber, result.Fault.Code);
            writer.Text(RequestFault.MessageFieldNumber, result.Fault.Message);
        }

        writer.End(begin);
    }

    private static void Write(ref WireWriter writer, DecideResponse response)
    {
        writer.Number(DecideResponse.AllowedFieldNumber, response.Allowed ? 1u : 0u);
        writer.Double(DecideResponse.RemainingFieldNumber, response.Remaining);
        writer.Double(DecideResponse.LimitFieldNumber, response.Limit);
        writer.Duration(DecideResponse.RetryAfterFieldNumber, response.RetryAfter);
        writer.Double(DecideResponse.RefillRateFieldNumber, response.RefillRate);
        writer.Text(DecideResponse.ModelVersionFieldNumber, response.ModelVersion);
        writer.Text(DecideResponse.RequestIdFieldNumber, response.RequestId);
        writer.Number(DecideResponse.ReasonFieldNumber, (ulong)response.Reason);
        writer.Number(DecideResponse.DecidedByFieldNumber, (ulong)response.DecidedBy);
        writer.Double(DecideResponse.PredictionFieldNumber, response.Prediction, response.HasPrediction);
        foreach (var name in response.IgnoredFeatures)
        {
            writer.EachText(DecideResponse.IgnoredFeaturesFieldNumber, name);
        }

        writer.Text(DecideResponse.PolicyFieldNumber, response.Policy);
    }

    private static int SizeMax(DecideResult result) =>
        result.Response is { } response ? SizeMax(response) : ScalarsMax + (WireWriter.BytesPerCharMax * (result.Fault?.Message.Length ?? 0));

    private static int SizeMax(DecideResponse response)
    {
        var characters = response.ModelVersion.Length + response.RequestId.Length + response.Policy.Length;
        for (var i = 0; i < response.IgnoredFeatures.Count; i++)
        {
            characters += response.IgnoredFeatures[i].Length + WireWriter.FieldMax;
        }

        return ScalarsMax + (WireWriter.BytesPerCharMax * characters);
    }
}
