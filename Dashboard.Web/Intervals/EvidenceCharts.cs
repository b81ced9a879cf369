using RateLimitSuite.Charts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Components;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>Pictures of an interval, for its page and for the file of an incident.</summary>
internal static class EvidenceCharts
{
    private const int Buckets = 60;
    private const int MostDots = 250;

    public static LineChartData Error(Evidence evidence) => Within(evidence, DriftCharts.Error(evidence.Series, evidence.Status?.Mae, evidence.History));

    public static LineChartData Violations(Evidence evidence) => Within(evidence, DriftCharts.Violations(evidence.Series, evidence.Status?.ViolationRate, evidence.History));

    /// <summary>The 95th percentile of the SHAP magnitude, by a sixtieth of the interval.</summary>
    public static LineChartData Magnitude(Evidence evidence)
    {
        var length = (evidence.To - evidence.From) / Buckets;
        var points = evidence.Explanations.GroupBy(e => (int)((e.Timestamp.ToDateTimeOffset() - evidence.From) / length)).OrderBy(g => g.Key)
            .Select(g => new LinePoint(evidence.From + (length * (g.Key + 0.5)), P95(g))).ToList();
        return Within(evidence, new LineChartData("SHAP magnitude, 95th percentile", [new LineSeries("p95", points)])
        {
            AtLeast = 1,
            Limits = [new LimitLine(MagnitudeMinute.SpikeLimit, "spike over 0.8")],
            Spikes = [.. points.Where(p => p.Value > MagnitudeMinute.SpikeLimit)],
        });
    }

    public static string Heatmap(Evidence evidence, ChartTheme theme, int width) => HeatmapChart.Render(
        new HeatmapData("Correlation of SHAP values in the interval", evidence.Features, evidence.Features, Correlation.Of([.. evidence.Explanations.Select(e => e.Shap.ToArray())], evidence.Features.Count)) { Full = 1 },
        theme, width);

    public static string Swarm(Evidence evidence, ChartTheme theme, int width) =>
        BeeswarmChart.Render("SHAP values by feature in the interval", "tokens/s", ShapCharts.Swarm(
            evidence.Features, [.. Thinned(evidence.Explanations).Select(e => ((IReadOnlyList<double>)e.Features, (IReadOnlyList<double>)e.Shap))]), theme, width);

    private static IEnumerable<Explanation> Thinned(IReadOnlyList<Explanation> rows)
    {
        var step = Math.Max(1, (rows.Count + MostDots - 1) / MostDots);
        return rows.Where((_, i) => i % step == 0);
    }

    private static LineChartData Within(Evidence evidence, LineChartData data) => data with { From = evidence.From, To = evidence.To };

    private static double P95(IEnumerable<Explanation> rows)
    {
        var sorted = rows.Select(e => e.Shap.Sum(Math.Abs) / Math.Max(1, Math.Abs(e.BaseValue))).Order().ToList();
        return sorted[(int)Math.Ceiling(0.95 * sorted.Count) - 1];
    }
}
