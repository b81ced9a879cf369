using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Models;

namespace RateLimitSuite.Explainer.Explanations;

/// <summary>Splits one decision's prediction into SHAP values, with the model that the decision names.</summary>
internal sealed class ExplanationEngine(FeatureSchema schema, ExplainerMetrics metrics)
{
    // What the Limiter predicted and what this process sums up may differ by rounding only.
    private const double Tolerance = 1e-9;

    /// <summary>Explains a decision.</summary>
    /// <param name="decision">With a feature vector of the schema's length.</param>
    /// <param name="model">The model of the decision's version.</param>
    /// <param name="sampled">Probability with which such a decision is explained.</param>
    public ExplainedDecision Explain(Decision decision, ExplainedModel model, double sampled)
    {
        var features = new double[schema.Count];
        decision.Features.CopyTo(features, 0);
        var shap = new double[schema.Count];
        var over = model.OverBackground;
        var baseValue = (over?.Explainer ?? model.PathDependent).Explain(features, shap);
        var prediction = model.Predictor.Predict(features);
        if (decision.HasPrediction && Math.Abs(decision.Prediction - prediction) > Tolerance * Math.Max(1, Math.Abs(prediction)))
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
            Mode = over is null ? ShapModes.PathDependent : ShapModes.Interventional,
            BackgroundId = over?.BackgroundId ?? "",
            Sampled = sampled,
        };
    }
}
