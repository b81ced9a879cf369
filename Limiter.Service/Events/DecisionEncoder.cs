using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Writes a decision as bytes of the protocol in one pass: the same bytes as the generated code, which goes over a message twice.</summary>
/// <remarks>Fields go in the order of their numbers and are left out where they have their default, as proto3 has it.</remarks>
internal ref struct DecisionEncoder
{
    private const int BytesPerCharMax = 3;
    private const int OneByteMax = 0x7F;
    private const int TagAndVarintMax = 2 + 10;

    // By far enough for the fields that are neither text nor features.
    private const int ScalarsMax = 32 * TagAndVarintMax;

    private readonly Span<byte> _to;
    private int _at;

    private DecisionEncoder(Span<byte> to) => _to = to;

    private enum Wire
    {
        Varint = 0,
        Fixed64 = 1,
        LengthDelimited = 2,
    }

    /// <summary>Room that is enough for a decision, bytes.</summary>
    public static int SizeMax(Decision decision) =>
        ScalarsMax + (decision.Features.Count * sizeof(double)) + (BytesPerCharMax * (
            decision.RequestId.Length + decision.ClientId.Length + decision.Subnet.Length + decision.Policy.Length + decision.Backend.Length
            + decision.ModelVersion.Length + decision.BesideVersion.Length));

    /// <summary>Writes a decision.</summary>
    /// <param name="decision">Any.</param>
    /// <param name="to">At least <see cref="SizeMax"/> bytes.</param>
    /// <returns>Number of bytes written.</returns>
    public static int Write(Decision decision, Span<byte> to)
    {
        var encoder = new DecisionEncoder(to);
        encoder.Write(decision);
        return encoder._at;
    }

    private void Write(Decision decision)
    {
        Text(Decision.RequestIdFieldNumber, decision.RequestId);
        Number(Decision.DecidedAtUsFieldNumber, (ulong)decision.DecidedAtUs);
        Number(Decision.SeqFieldNumber, decision.Seq);
        Text(Decision.ClientIdFieldNumber, decision.ClientId);
        Text(Decision.SubnetFieldNumber, decision.Subnet);
        Text(Decision.PolicyFieldNumber, decision.Policy);
        Text(Decision.BackendFieldNumber, decision.Backend);
        Double(Decision.CostFieldNumber, decision.Cost);
        Number(Decision.AttemptFieldNumber, decision.Attempt);
        Number(Decision.AllowedFieldNumber, decision.Allowed ? 1u : 0u);
        Number(Decision.ReasonFieldNumber, (ulong)decision.Reason);
        Number(Decision.DecidedByFieldNumber, (ulong)decision.DecidedBy);
        Features(decision);
        Double(Decision.PredictionFieldNumber, decision.Prediction, decision.HasPrediction);
        Double(Decision.GuaranteeFieldNumber, decision.Guarantee);
        Double(Decision.RefillRateFieldNumber, decision.RefillRate);
        Double(Decision.EffectiveRateFieldNumber, decision.EffectiveRate);
        Double(Decision.TokensFieldNumber, decision.Tokens);
        Double(Decision.WeightFieldNumber, decision.Weight);
        Text(Decision.ModelVersionFieldNumber, decision.ModelVersion);
        Number(Decision.ArmFieldNumber, (ulong)decision.Arm);
        Number(Decision.ProbeFieldNumber, decision.Probe ? 1u : 0u);
        Double(Decision.DitherFieldNumber, decision.Dither);
        Double(Decision.PropensityFieldNumber, decision.Propensity);
        Text(Decision.BesideVersionFieldNumber, decision.BesideVersion);
        Double(Decision.BesidePredictionFieldNumber, decision.BesidePrediction, decision.HasBesidePrediction);
    }

    private void Features(Decision decision)
    {
        var features = decision.Features;
        if (features.Count == 0)
        {
            return;
        }

        Tag(Decision.FeaturesFieldNumber, Wire.LengthDelimited);
        Varint((ulong)(features.Count * sizeof(double)));
        for (var i = 0; i < features.Count; i++)
        {
            Fixed64(features[i]);
        }
    }

    private void Text(int field, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        Tag(field, Wire.LengthDelimited);
        if (text.Length * BytesPerCharMax <= OneByteMax)
        {
            // Whatever its length turns out to be, it takes one byte: written first, measured by that.
            var length = Encoding.UTF8.GetBytes(text, _to[(_at + 1)..]);
            _to[_at] = (byte)length;
            _at += 1 + length;
            return;
        }

        Varint((ulong)Encoding.UTF8.GetByteCount(text));
        _at += Encoding.UTF8.GetBytes(text, _to[_at..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Tag(field, Wire.Varint);
            Varint(value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Double(int field, double value) => Double(field, value, value != 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Double(int field, double value, bool present)
    {
        if (present)
        {
            Tag(field, Wire.Fixed64);
            Fixed64(value);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Tag(int field, Wire wire) => Varint(((uint)field << 3) | (uint)wire);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fixed64(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_to[_at..], value);
        _at += sizeof(double);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Varint(ulong value)
    {
        for (; value > OneByteMax; value >>= 7)
        {
            _to[_at++] = (byte)(value | 0x80);
        }

        _to[_at++] = (byte)value;
    }
}
