using RateLimitSuite.Charts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>Series of hourly means, of one mode; where several models served in an hour, the one that explained most.</summary>
internal static class TrendCharts
{
    public static LineChartData Absolute(ListSnapshotsResponse answer, string mode) => ByFeature("Mean |φ| by feature and hour", answer, mode, s => s.MeanAbsShap);

    public static LineChartData Signed(ListSnapshotsResponse answer, string mode) => ByFeature("Mean φ by feature and hour", answer, mode, s => s.MeanShap);

    public static LineChartData Magnitude(ListSnapshotsResponse answer, string mode) =>
        new("Mean SHAP magnitude by hour", [new LineSeries("mean", Points(answer, mode, s => s.MeanMagnitude))]) { Marks = Models(answer, mode), AtLeast = 1 };

    public static LineChartData Levels(ListSnapshotsResponse answer, string mode) => new(
        "Prediction and base value by hour",
        [new LineSeries("prediction", Points(answer, mode, s => s.MeanPrediction)), new LineSeries("base value", Points(answer, mode, s => s.MeanBaseValue))])
    {
        Unit = "tokens/s",
        Marks = Models(answer, mode),
    };

    private static LineChartData ByFeature(string title, ListSnapshotsResponse answer, string mode, Func<ShapSnapshot, IReadOnlyList<double>> values) =>
        new(title, [.. answer.FeatureNames.Select((name, i) => new LineSeries(name, Points(answer, mode, s => i < values(s).Count ? values(s)[i] : double.NaN)))])
        {
            Marks = Models(answer, mode),
        };

    private static List<LinePoint> Points(ListSnapshotsResponse answer, string mode, Func<ShapSnapshot, double> value)
    {
        var points = new List<LinePoint>();
        foreach (var hour in Hours(answer, mode))
        {
            var at = hour.Hour.ToDateTimeOffset();
            if (points.Count > 0 && at - points[^1].At > TimeSpan.FromHours(1))
            {
                points.Add(new LinePoint(at, double.NaN));   // Hours without explanations are a gap, not a slope.
            }

            points.Add(new LinePoint(at, value(hour)));
        }

        return points;
    }

    // A line that moves where the model changed is no drift.
    private static List<TimeMark> Models(ListSnapshotsResponse answer, string mode)
    {
        var marks = new List<TimeMark>();
        var last = "";
        foreach (var hour in Hours(answer, mode))
        {
            if (last.Length > 0 && hour.ModelVersion != last)
            {
                marks.Add(new TimeMark(hour.Hour.ToDateTimeOffset(), "other model"));
            }

            last = hour.ModelVersion;
        }

        return marks;
    }

    private static IEnumerable<ShapSnapshot> Hours(ListSnapshotsResponse answer, string mode) =>
        answer.Snapshots.Where(s => s.Mode == mode).GroupBy(s => s.Hour).OrderBy(g => g.Key.Seconds).Select(g => g.MaxBy(s => s.Count)!);
}
