using RateLimitSuite.Charts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>The series of the drift monitor, with their limits and with the promotions that changed them.</summary>
internal static class DriftCharts
{
    public static LineChartData Error(Snapshot now) => Error(Series(now), now.Drift.Value?.Status.Mae, History(now));

    public static LineChartData Violations(Snapshot now) => Violations(Series(now), now.Drift.Value?.Status.ViolationRate, History(now));

    public static LineChartData OverAdmission(Snapshot now) =>
        Draw("Over-admission by window", "over-admission", Series(now), p => p.Decisions > 0 ? p.OverAdmission : double.NaN, now.Drift.Value?.Status.OverAdmission, History(now));

    /// <summary>R of some windows.</summary>
    public static LineChartData Error(IReadOnlyList<SeriesPoint> series, Measure? measure, IReadOnlyList<HistoryEntry> history) =>
        Draw("Model error R by window", "R", series, p => p.Rows > 0 ? p.Mae : double.NaN, measure, history);

    /// <summary>p of some windows.</summary>
    public static LineChartData Violations(IReadOnlyList<SeriesPoint> series, Measure? measure, IReadOnlyList<HistoryEntry> history) =>
        Draw("Violation rate p by window", "p", series, p => p.Decisions > 0 ? p.ViolationRate : double.NaN, measure, history);

    private static IReadOnlyList<SeriesPoint> Series(Snapshot now) => now.Drift.Value?.Series ?? [];

    private static IReadOnlyList<HistoryEntry> History(Snapshot now) => now.Trainer.Value?.History ?? [];

    private static LineChartData Draw(
        string title, string name, IReadOnlyList<SeriesPoint> series, Func<SeriesPoint, double> value, Measure? measure, IReadOnlyList<HistoryEntry> history) =>
        new(title, [new LineSeries(name, [.. series.Where(p => p.At is not null).Select(p => new LinePoint(p.At.ToDateTimeOffset(), value(p)))])])
        {
            Percent = true,
            Marks = [.. history.Where(h => h.At is not null && h.Event is "promoted" or "rolled_back").Select(h => new TimeMark(h.At.ToDateTimeOffset(), h.Event.Replace('_', ' ')))],
            Limits = measure is { Limit: > 0 } ? [new LimitLine(measure.Limit, "limit")] : [],
        };
}
