using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Explainer.Tests.Explanations;

public sealed class ExplanationEngineTests
{
    [Fact]
    public void Explain_PathDependent_GivesTheSharesComputedByHand()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new ExplainerMetrics(services.GetRequiredService<IMeterFactory>(), FeatureSchema.V1, TimeProvider.System);
        var engine = new ExplanationEngine(FeatureSchema.V1, metrics);
        var decision = new Decision
        {
            RequestId = "r1", ClientId = "c", ModelVersion = "m1", Prediction = 20, Allowed = false,
            DecidedBy = DecidedBy.Bucket, Reason = DecisionReason.BucketEmpty, Features = { 1, 0, 0.9, 3, 0, 0.2 },
        };

        var explained = engine.Explain(decision, new ExplainedModel("m1", TreeEnsemble.Parse(TinyModel.Text), default), sampled: 0.5);

        // v({}) = 70, v({risk}) = (20 + 60) / 2 = 40, v({reputation}) = (2·100 + 2·20) / 4 = 60, v(both) = 20.
        Assert.Equal(TinyModel.BaseValue, explained.BaseValue, 9);
        Assert.Equal(-35, explained.Shap[FeatureSchema.ClientRisk], 9);     // ((40 - 70) + (20 - 60)) / 2
        Assert.Equal(-15, explained.Shap[FeatureSchema.IpReputation], 9);   // ((60 - 70) + (20 - 40)) / 2
        Assert.Equal(explained.Prediction, explained.BaseValue + explained.Shap.Sum(), 9);
        Assert.Equal(0.5, explained.Sampled);
        Assert.Equal(ShapModes.PathDependent, explained.Mode);
    }
}
