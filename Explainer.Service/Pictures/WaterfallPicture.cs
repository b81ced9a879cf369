using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Explainer.Explanations;

namespace RateLimitSuite.Explainer.Pictures;

/// <summary>An explanation as a waterfall, for panels and tickets.</summary>
internal static class WaterfallPicture
{
    /// <summary>One SVG element as text; what decided stands over it, and features are pale where they did not.</summary>
    public static string Draw(ExplainedDecision decision, FeatureSchema schema, ChartTheme theme, int width)
    {
        var steps = schema.Names.Select((name, i) => new WaterfallStep(name, NumberText.Compact(decision.Features[i]), decision.Shap[i]));
        return WaterfallChart.Render(
            new WaterfallData(
                $"Request {decision.RequestId} of {decision.ClientId}", decision.DecidedBy.Headline(decision.Allowed), decision.BaseValue, decision.Prediction, [.. steps], "tokens/s")
            {
                FeaturesDecided = decision.DecidedBy == DecidedBy.Bucket,
            },
            theme, width);
    }
}
