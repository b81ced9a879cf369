using Grpc.Core;
using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>An explanation as a waterfall, for panels and tickets.</summary>
internal static class ExplanationPicture
{
    private const int LeastWidth = 240;
    private const int MostWidth = 2_000;

    /// <summary>One SVG element as text.</summary>
    /// <exception cref="RpcException">The width is out of range.</exception>
    public static string Draw(Explanation explanation, int width)
    {
        if (width is < LeastWidth or > MostWidth)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"width is {width}; it must be {LeastWidth}..{MostWidth} pixels."));
        }

        var steps = explanation.FeatureNames.Select((name, i) => new WaterfallStep(name, NumberText.Compact(explanation.Features[i]), explanation.Shap[i]));
        return WaterfallChart.Render(
            new WaterfallData(
                $"Request {explanation.RequestId} of {explanation.ClientId}", explanation.DecidedBy.Headline(explanation.Allowed), explanation.BaseValue,
                explanation.Prediction, [.. steps], "tokens/s")
            {
                FeaturesDecided = explanation.DecidedBy == DecidedBy.Bucket,
            },
            ChartTheme.Light, width);
    }
}
