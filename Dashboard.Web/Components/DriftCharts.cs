using RateLimitSuite.Charts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>The series of the drift monitor, with their limits and with the promotions that changed them.</summary>
internal static class DriftCharts
{
    private const int Height = 180;

    public static string Error(Snapshot now, int width) => Draw(now, "Model error R by window", "R", p => p.MaeOrGap(), now.Drift.Value?.Status.Mae, width);

    public static string Violations(Snapshot now, int width) =>
        Draw(now, "Violation rate p by window", "p", p => p.Decisions > 0 ? p.ViolationRate : double.NaN, now.Drift.Value?.Status.ViolationRate, width);

    public static string OverAdmission(Snapshot now, int width) =>
        Draw(now, "Over-admission by window", "over-admission", p => p.Decisions > 0 ? p.OverAdmission : double.NaN, now.Drift.Value?.Status.OverAdmission, width);

    private static double MaeOrGap(this SeriesPoint point) => point.Rows > 0 ? point.Mae : double.NaN;

    private static string Draw(Snapshot now, string title, string name, Func<SeriesPoint, double> value, Measure? measure, int width)
    {
        var points = now.Drift.Value?.Series.Where(p => p.At is not null).Select(p => new LinePoint(p.At.ToDateTimeOffset(), value(p))).ToList() ?? [];
        var marks = now.Trainer.Value?.History.Where(h => h.At is not null && h.Event is "promoted" or "rolled_back")
            .Select(h => new TimeMark(h.At.ToDateTimeOffset(), h.Event.Replace('_', ' '))).ToList() ?? [];
        var data = new LineChartData(title, [new LineSeries(name, points)])
        {
            Percent = true,
            Marks = marks,
            Limits = measure is { Limit: > 0 } ? [new LimitLine(measure.Limit, "limit")] : [],
        };
        return LineChart.Render(data, ChartTheme.Css, new ChartSize(width, Height));
    }
}
