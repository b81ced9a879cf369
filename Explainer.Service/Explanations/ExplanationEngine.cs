using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Models;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Splits one decision's prediction into SHAP values, with the model that the decision names.</summary>
internal sealed class ExplanationEngine(FeatureSchema schema, ExplainerMetrics metrics)
{
    // What the Limiter predicted and what this process sums up may differ by rounding only.
    private const double Tolerance = 1e-9;

    /// <summary>The model that a decision is explained by: the one that predicted for it; before the first one governs, its shadow; empty: none.</summary>
    public static string VersionOf(Decision decision) => decision.ModelVersion.Length > 0 ? decision.ModelVersion : decision.BesideVersion;

    /// <summary>Explains a decision.</summary>
    /// <param name="decision">With a feature vector of the schema's length.</param>
    /// <param name="model">The model of <see cref="VersionOf"/>.</param>
    /// <param name="sampled">Probability with which such a decision is explained.</param>
    public ExplainedDecision Explain(Decision decision, ExplainedModel model, double sampled)
    {
        var features = new double[schema.Count];
        decision.Features.CopyTo(features, 0);
        var shap = new double[schema.Count];
        var over = model.OverBackground;
        var baseValue = (over?.Explainer ?? model.PathDependent).Explain(features, shap);
        var prediction = model.Predictor.Predict(features);
        if (PredictedBy(decision) is { } told && Math.Abs(told - prediction) > Tolerance * Math.Max(1, Math.Abs(prediction)))
        {
            metrics.PredictionMismatch();
        }

        return new ExplainedDecision
        {
            RequestId = decision.RequestId,
            DecidedAt = DateTimeOffset.UnixEpoch.AddMicroseconds(decision.DecidedAtUs),
            ClientId = decision.ClientId,
            Subnet = decision.Subnet,
            Allowed = decision.Allowed,
            DecidedBy = decision.DecidedBy,
            Reason = decision.Reason,
            Policy = decision.Policy,
            Backend = decision.Backend,
            Prediction = prediction,
            RefillRate = decision.RefillRate,
            BaseValue = baseValue,
            Shap = shap,
            Features = features,
            ModelVersion = model.Version,
            Arm = decision.Arm,
            Mode = over is null ? ShapModes.PathDependent : ShapModes.Interventional,
            BackgroundId = over?.BackgroundId ?? "",
            Sampled = sampled,
        };
    }

    private static double? PredictedBy(Decision decision) => decision switch
    {
        { ModelVersion.Length: > 0, HasPrediction: true } => decision.Prediction,
        { ModelVersion.Length: 0, HasBesidePrediction: true } => decision.BesidePrediction,
        _ => null,
    };
}
