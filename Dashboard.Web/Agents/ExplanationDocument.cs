using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>Why one decision was made.</summary>
/// <param name="Sentence">In plain words, what decided first.</param>
/// <param name="Prediction">tokens/s: base value + Σ shap.</param>
/// <param name="Shap">SHAP value by feature, tokens/s.</param>
/// <param name="Features">What the model saw.</param>
internal sealed record ExplanationDocument(
    string RequestId, DateTimeOffset Timestamp, string ClientId, string Subnet, bool Allowed, string DecidedBy, string Reason, string Sentence,
    double Prediction, double RefillRate, double BaseValue, IReadOnlyDictionary<string, double> Shap, IReadOnlyDictionary<string, double> Features,
    string ModelVersion, string Arm, string Mode, double Sampled)
{
    public static ExplanationDocument Of(Explanation message) => new(
        message.RequestId, message.Timestamp.ToDateTimeOffset(), message.ClientId, message.Subnet, message.Allowed, message.DecidedBy.Word(), message.Reason.Word(),
        message.Sentence, message.Prediction, message.RefillRate, message.BaseValue, ByFeature(message, message.Shap), ByFeature(message, message.Features),
        message.ModelVersion, message.Arm.Word(), message.Mode, message.Sampled);

    private static Dictionary<string, double> ByFeature(Explanation message, IEnumerable<double> values) =>
        message.FeatureNames.Zip(values).ToDictionary(pair => pair.First, pair => StatusDocument.Finite(pair.Second));
}
