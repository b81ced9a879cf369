using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Writes the answers to a message of a stream as bytes of the protocol: the same bytes as the generated code, which measures each answer
/// once for itself and once for either message around it.</summary>
internal static class DecideResponseEncoder
{
    // By far enough for the fields of an answer that are no text, and for what is around it.
    private const int ScalarsMax = 16 * WireWriter.FieldMax;

    [ThreadStatic]
    private static byte[]? _scratch;

    /// <summary>Writes a message to where the answers of a call go.</summary>
    public static void Write(DecideBatchResponse batch, SerializationContext context)
    {
        var bytes = Encode(batch);
        context.SetPayloadLength(bytes.Length);
        var writer = context.GetBufferWriter();
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
        context.Complete();
    }

    /// <summary>A message as bytes, which this thread's next call writes over.</summary>
    public static ReadOnlySpan<byte> Encode(DecideBatchResponse batch)
    {
        var size = 0;
        foreach (var result in batch.Results)
        {
            size += SizeMax(result);
        }

        if (_scratch is null || _scratch.Length < size)
        {
            _scratch = new byte[size];
        }

        var writer = new WireWriter(_scratch);
        foreach (var result in batch.Results)
        {
            var begin = writer.Begin(DecideBatchResponse.ResultsFieldNumber);
            Write(ref writer, result);
            writer.End(begin);
        }

        return _scratch.AsSpan(0, writer.Length);
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

    private static int SizeMax(DecideResult result)
    {
        if (result.Response is not { } response)
        {
            return ScalarsMax + (WireWriter.BytesPerCharMax * (result.Fault?.Message.Length ?? 0));
        }

        var characters = response.ModelVersion.Length + response.RequestId.Length + response.Policy.Length;
        for (var i = 0; i < response.IgnoredFeatures.Count; i++)
        {
            characters += response.IgnoredFeatures[i].Length + WireWriter.FieldMax;
        }

        return ScalarsMax + (WireWriter.BytesPerCharMax * characters);
    }
}
