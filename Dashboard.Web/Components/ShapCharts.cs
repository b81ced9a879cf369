using RateLimitSuite.Charts;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>Pictures of SHAP values.</summary>
internal static class ShapCharts
{
    public static LineChartData Magnitude(ShapView shap)
    {
        // One pair of lines a mode: φ of two modes answer different questions.
        var modes = shap.Minutes.Select(m => m.Mode).Distinct().ToList();
        var series = modes.SelectMany(mode => new[]
        {
            new LineSeries(Name("mean", mode, modes), Points(shap, mode, m => m.Mean)),
            new LineSeries(Name("p95", mode, modes), Points(shap, mode, m => m.P95)),
        });
        return new LineChartData("SHAP magnitude per minute", [.. series])
        {
            AtLeast = 1,
            Limits = [new LimitLine(MagnitudeMinute.SpikeLimit, "spike over 0.8")],
            Spikes = [.. shap.Minutes.Where(m => m.IsSpike).Select(m => new LinePoint(m.At, m.P95))],
        };
    }

    public static string Features(ShapView shap, int width) => BarChart.Render(
        "Mean |φ| by feature", "tokens/s", [.. shap.Features.OrderByDescending(f => f.MeanAbsolute).Take(10).Select(f => new Bar(f.Name, f.MeanAbsolute))], ChartTheme.Css, width);

    public static string Correlation(ShapView shap, bool ofShapValues, string title, int width)
    {
        var names = shap.Features.Select(f => f.Name).ToList();
        return HeatmapChart.Render(
            new HeatmapData(title, names, names, ofShapValues ? shap.ShapCorrelation : shap.FeatureCorrelation) { Full = 1 }, ChartTheme.Css, width);
    }

    public static string Waterfall(Explanation explanation, int width) => WaterfallChart.Render(Data(explanation), ChartTheme.Css, width);

    private static WaterfallData Data(Explanation explanation)
    {
        var steps = Enumerable.Range(0, Math.Min(explanation.Shap.Count, explanation.FeatureNames.Count)).Select(i => new WaterfallStep(
            explanation.FeatureNames[i],
            i < explanation.Features.Count ? NumberText.Compact(explanation.Features[i]) : "",
            explanation.Shap[i]));
        return new WaterfallData(
            "How the prediction came about", explanation.DecidedBy.Headline(explanation.Allowed), explanation.BaseValue, explanation.Prediction, [.. steps], "tokens/s")
        {
            FeaturesDecided = explanation.DecidedBy == DecidedBy.Bucket,
        };
    }

    /// <summary>One row a feature, the feature with the largest mean |φ| first.</summary>
    public static IReadOnlyList<SwarmRow> Swarm(IReadOnlyList<string> names, IReadOnlyList<(IReadOnlyList<double> Features, IReadOnlyList<double> Shap)> rows) =>
        [.. names.Select((name, i) => new SwarmRow(name, [.. rows.Select(r => (r.Features[i], r.Shap[i]))]))
            .OrderByDescending(r => r.Points.Sum(p => Math.Abs(p.Shap)))];

    public static string Force(Explanation explanation, int width) => ForceChart.Render(Data(explanation), ChartTheme.Css, width);

    public static string Interactions(Explanation explanation, IReadOnlyList<double> values, int width) => HeatmapChart.Render(
        new HeatmapData("Interactions of features, tokens/s", explanation.FeatureNames, explanation.FeatureNames, values), ChartTheme.Css, width);

    public static string Decision(Explanation explanation, IReadOnlyList<Neighbour> neighbours, int width) => DecisionChart.Render(
        "The request among those that are like it", explanation.FeatureNames,
        [Path(explanation), .. neighbours.Where(n => n.Explanation.Shap.Count == explanation.FeatureNames.Count).Select(n => Path(n.Explanation))], ChartTheme.Css, width);

    private static DecisionPath Path(Explanation e) => new($"{e.ClientId}, {When.Day(e.Timestamp)}", e.BaseValue, e.Shap);

    private static string Name(string what, string mode, List<string> modes) => modes.Count == 1 ? what : $"{what}, {mode.Replace('_', ' ')}";

    private static List<LinePoint> Points(ShapView shap, string mode, Func<MagnitudeMinute, double> value) =>
        [.. shap.Minutes.Where(m => m.Mode == mode).Select(m => new LinePoint(m.At, value(m)))];
}
