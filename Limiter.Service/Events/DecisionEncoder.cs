using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Wire;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Writes a decision as bytes of the protocol in one pass: the same bytes as the generated code, which goes over a message twice.</summary>
internal static class DecisionEncoder
{
    // By far enough for the fields that are neither text nor features.
    private const int ScalarsMax = 32 * WireWriter.FieldMax;

    /// <summary>Room that is enough for a decision, bytes.</summary>
    public static int SizeMax(Decision decision) =>
        ScalarsMax + (decision.Features.Count * sizeof(double)) + (WireWriter.BytesPerCharMax * (
            decision.RequestId.Length + decision.ClientId.Length + decision.Subnet.Length + decision.Policy.Length + decision.Backend.Length
            + decision.ModelVersion.Length + decision.BesideVersion.Length));

    /// <summary>Writes a decision.</summary>
    /// <param name="decision">Any.</param>
    /// <param name="to">At least <see cref="SizeMax"/> bytes.</param>
    /// <returns>Number of bytes written.</returns>
    public static int Write(Decision decision, Span<byte> to)
    {
        var writer = new WireWriter(to);
        writer.Text(Decision.RequestIdFieldNumber, decision.RequestId);
        writer.Number(Decision.DecidedAtUsFieldNumber, (ulong)decision.DecidedAtUs);
        writer.Number(Decision.SeqFieldNumber, decision.Seq);
        writer.Text(Decision.ClientIdFieldNumber, decision.ClientId);
        writer.Text(Decision.SubnetFieldNumber, decision.Subnet);
        writer.Text(Decision.PolicyFieldNumber, decision.Policy);
        writer.Text(Decision.BackendFieldNumber, decision.Backend);
        writer.Double(Decision.CostFieldNumber, decision.Cost);
        writer.Number(Decision.AttemptFieldNumber, decision.Attempt);
        writer.Number(Decision.AllowedFieldNumber, decision.Allowed ? 1u : 0u);
        writer.Number(Decision.ReasonFieldNumber, (ulong)decision.Reason);
        writer.Number(Decision.DecidedByFieldNumber, (ulong)decision.DecidedBy);
        writer.Doubles(Decision.FeaturesFieldNumber, decision.Features);
        writer.Double(Decision.PredictionFieldNumber, decision.Prediction, decision.HasPrediction);
        writer.Double(Decision.GuaranteeFieldNumber, decision.Guarantee);
        writer.Double(Decision.RefillRateFieldNumber, decision.RefillRate);
        writer.Double(Decision.EffectiveRateFieldNumber, decision.EffectiveRate);
        writer.Double(Decision.TokensFieldNumber, decision.Tokens);
        writer.Double(Decision.WeightFieldNumber, decision.Weight);
        writer.Text(Decision.ModelVersionFieldNumber, decision.ModelVersion);
        writer.Number(Decision.ArmFieldNumber, (ulong)decision.Arm);
        writer.Number(Decision.ProbeFieldNumber, decision.Probe ? 1u : 0u);
        writer.Double(Decision.DitherFieldNumber, decision.Dither);
        writer.Double(Decision.PropensityFieldNumber, decision.Propensity);
        writer.Text(Decision.BesideVersionFieldNumber, decision.BesideVersion);
        writer.Double(Decision.BesidePredictionFieldNumber, decision.BesidePrediction, decision.HasBesidePrediction);
        return writer.Length;
    }
}
