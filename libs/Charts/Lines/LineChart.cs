using System.Text;

namespace RateLimitSuite.Charts;

/// <summary>Lines over time from zero upwards, or from the least value where one is negative.</summary>
public static class LineChart
{
    private const double LeftMost = 70;
    private const double BottomRoom = 20;
    private const double LegendRoom = 18;
    private const int MostLegendRows = 4;

    /// <summary>Draws the chart.</summary>
    /// <returns>One SVG element as text.</returns>
    public static string Render(LineChartData data, ChartTheme theme, ChartSize size)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(theme);
        size = size.Clamp();
        var layout = Layout(data, size);
        var svg = new SvgWriter(size, theme, data.Title, Describe(data), Axes(layout, data));
        DrawAxes(svg, layout, data, theme);
        for (var i = 0; i < data.Series.Count; i++)
        {
            DrawSeries(svg, layout, data.Series[i], theme.SeriesColour(i));
        }

        foreach (var limit in data.Limits)
        {
            var y = layout.Y.Map(limit.Value);
            svg.Line(layout.Plot.Left, y, layout.Plot.Right, y, theme.Alarm, 1.5, "6 4");
            svg.Text(layout.Plot.Right, y - 4, limit.Label, theme.Alarm, "end", 11);
        }

        foreach (var spike in data.Spikes.Where(p => double.IsFinite(p.Value) && layout.Holds(p.At)))
        {
            svg.Circle(layout.X.Map(Seconds(spike.At)), layout.Y.Map(spike.Value), 4, theme.Alarm, $"spike {Value(spike.Value, data)} at {spike.At.UtcDateTime:HH:mm:ss}");
        }

        DrawLegend(svg, layout, data, theme);
        return svg.Close();
    }

    internal static LineLayout Layout(LineChartData data, ChartSize size)
    {
        var seen = data.Series.SelectMany(s => s.Points).Where(p => !(p.At < data.From) && !(p.At > data.To));   // A null edge bounds nothing.
        var values = seen.Select(p => p.Value).Concat(data.Limits.Select(l => l.Value)).Where(double.IsFinite).ToList();
        var axis = NumberAxis.Covering(
            Math.Min(0, values.Count > 0 ? values.Min() : 0), Math.Max(data.AtLeast, values.Count > 0 ? values.Max() : 0), size.Height < 120 ? 3 : 5);
        var times = data.Series.SelectMany(s => s.Points).Select(p => p.At).DefaultIfEmpty(DateTimeOffset.UnixEpoch).ToList();
        var from = data.From ?? times.Min();
        var to = data.To ?? times.Max();
        var left = axis.Ticks.Max(t => PlotArea.WidthOf(Value(t, data), LeftMost)) + 6;
        var plot = new PlotArea(left, LegendRoom * LegendRows(data, size.Width - 8 - left), size.Width - 8, size.Height - BottomRoom);
        return new LineLayout(
            plot, axis, from, to, new LinearScale(Seconds(from), Seconds(to), plot.Left, plot.Right), new LinearScale(axis.From, axis.To, plot.Bottom, plot.Top));
    }

    internal static double Seconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).TotalSeconds;

    private static void DrawAxes(SvgWriter svg, LineLayout layout, LineChartData data, ChartTheme theme)
    {
        foreach (var tick in layout.Axis.Ticks)
        {
            var y = layout.Y.Map(tick);
            svg.Line(layout.Plot.Left, y, layout.Plot.Right, y, theme.Grid);
            svg.Text(layout.Plot.Left - 4, y + 4, Value(tick, data), theme.Muted, "end", 11);
        }

        foreach (var (at, text) in TimeAxis.Ticks(layout.From, layout.To, Math.Max(1, (int)(layout.Plot.Width / 80))))
        {
            // The outermost labels would be cut off at the edges.
            var x = layout.X.Map(Seconds(at));
            svg.Line(x, layout.Plot.Bottom, x, layout.Plot.Bottom + 4, theme.Grid);
            svg.Text(Math.Clamp(x, layout.Plot.Left + 10, layout.Plot.Right - 26), layout.Plot.Bottom + 16, text, theme.Muted, "middle", 11);
        }

        foreach (var mark in data.Marks.Where(m => layout.Holds(m.At)))
        {
            var x = layout.X.Map(Seconds(mark.At));
            svg.Line(x, layout.Plot.Top, x, layout.Plot.Bottom, theme.Muted, 1, "2 3");
            svg.Text(Math.Min(x + 3, layout.Plot.Right - 60), layout.Plot.Top + 10, PlotArea.Fit(mark.Label, 120), theme.Muted, "start", 10);
        }
    }

    private static void DrawSeries(SvgWriter svg, LineLayout layout, LineSeries series, string colour)
    {
        foreach (var piece in Pieces(series.Points, layout))
        {
            if (piece.Count == 1)
            {
                svg.Circle(piece[0].X, piece[0].Y, 2, colour);
                continue;
            }

            var line = new StringBuilder();
            foreach (var (x, y) in piece)
            {
                line.Append(line.Length == 0 ? 'M' : 'L').Append(SvgWriter.N(x)).Append(' ').Append(SvgWriter.N(y));
            }

            if (series.Filled)
            {
                var floor = SvgWriter.N(layout.Y.Map(Math.Max(0, layout.Axis.From)));
                svg.Path($"{line}L{SvgWriter.N(piece[^1].X)} {floor}L{SvgWriter.N(piece[0].X)} {floor}Z", "none", 0, colour, null, 0.15);
            }

            svg.Path(line.ToString(), colour, 2, name: series.Name);
        }
    }

    // A gap in the data is a gap in the line: joining its ends would show values that nobody measured.
    private static IEnumerable<List<(double X, double Y)>> Pieces(IReadOnlyList<LinePoint> points, LineLayout layout)
    {
        var piece = new List<(double, double)>();
        foreach (var point in points)
        {
            if (double.IsFinite(point.Value) && layout.Holds(point.At))
            {
                piece.Add((layout.X.Map(Seconds(point.At)), layout.Y.Map(point.Value)));
            }
            else if (piece.Count > 0)
            {
                yield return piece;
                piece = [];
            }
        }

        if (piece.Count > 0)
        {
            yield return piece;
        }
    }

    private static void DrawLegend(SvgWriter svg, LineLayout layout, LineChartData data, ChartTheme theme)
    {
        foreach (var (series, text, x, row) in Legend(data, layout.Plot.Width))
        {
            var (left, top) = (layout.Plot.Left + x, row * LegendRoom);
            svg.Rectangle(left, top + 4, 10, 10, theme.SeriesColour(series));
            svg.Text(left + 14, top + 13, PlotArea.Fit(text, layout.Plot.Width - x - 14), theme.Text, "start", 11);
        }
    }

    // A legend over half of the picture would leave no room for its lines; the description names all of them.
    private static int LegendRows(LineChartData data, double width) => Math.Max(1, Legend(data, width).Select(l => l.Row + 1).DefaultIfEmpty(1).Max());

    private static IEnumerable<(int Series, string Text, double X, int Row)> Legend(LineChartData data, double width)
    {
        var (x, row) = (0.0, 0);
        for (var i = 0; i < data.Series.Count; i++)
        {
            var text = Newest(data.Series[i]) is { } value ? $"{data.Series[i].Name} {Value(value, data)}{UnitText(data)}" : data.Series[i].Name;
            var needed = 14 + PlotArea.WidthOf(text, 400);
            if (x > 0 && x + needed > width)
            {
                (x, row) = (0, row + 1);
            }

            if (row == MostLegendRows)
            {
                yield break;
            }

            yield return (i, text, x, row);
            x += needed + 14;
        }
    }

    // For a cursor over the chart: plot area in pixels, then time in Unix seconds and value at its edges.
    private static string Axes(LineLayout layout, LineChartData data) => string.Create(Invariant.Culture,
        $" data-axes=\"{layout.Plot.Left:0.##} {layout.Plot.Top:0.##} {layout.Plot.Right:0.##} {layout.Plot.Bottom:0.##} {Seconds(layout.From):0.###} {Seconds(layout.To):0.###} {layout.Axis.From:R} {layout.Axis.To:R}\"{(data.Percent ? " data-percent=\"1\"" : "")}");

    private static string Describe(LineChartData data) => string.Join("; ", data.Series.Select(series => Newest(series) is { } value
        ? $"{series.Name}: {series.Points.Count} points, newest {Value(value, data)}{UnitText(data)}"
        : $"{series.Name}: no values"));

    private static double? Newest(LineSeries series)
    {
        for (var i = series.Points.Count - 1; i >= 0; i--)
        {
            if (double.IsFinite(series.Points[i].Value))
            {
                return series.Points[i].Value;
            }
        }

        return null;
    }

    private static string UnitText(LineChartData data) => data.Unit.Length == 0 || data.Percent ? "" : " " + data.Unit;

    private static string Value(double value, LineChartData data) => data.Percent ? NumberText.Compact(value * 100) + " %" : NumberText.Compact(value);
}
