using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Http;

/// <summary>One explanation of the HTTP API.</summary>
/// <param name="Sentence">It in plain words: what decided first.</param>
/// <param name="Policy">The policy that applied.</param>
/// <param name="Backend">The policy's backend; empty where it names none.</param>
/// <param name="Explanation">The same record as on topic shap-values.</param>
internal sealed record ExplanationDocument(string Sentence, string Policy, string Backend, ShapValues Explanation)
{
    public static ExplanationDocument Of(ExplainedDecision decision, FeatureSchema schema) =>
        new(RateLimitSuite.Explainer.Explanations.Sentence.For(decision, schema), decision.Policy, decision.Backend, decision.ToEvent(schema));

    public static ExplanationDocument Of(Explanation message) => new(message.Sentence, message.Policy, message.Backend, new ShapValues
    {
        RequestId = message.RequestId,
        Timestamp = message.Timestamp.ToDateTimeOffset(),
        ClientId = message.ClientId,
        Subnet = message.Subnet,
        Allowed = message.Allowed,
        DecidedBy = message.DecidedBy.Word(),
        Reason = message.Reason.Word(),
        Prediction = message.Prediction,
        RefillRate = message.RefillRate,
        BaseValue = message.BaseValue,
        Shap = [.. message.Shap],
        Features = [.. message.Features],
        FeatureNames = [.. message.FeatureNames],
        ModelVersion = message.ModelVersion,
        Arm = message.Arm.Word(),
        Mode = message.Mode,
        BackgroundId = message.BackgroundId,
        Sampled = message.Sampled,
    });
}
