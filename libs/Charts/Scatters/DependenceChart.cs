namespace RateLimitSuite.Charts;

/// <summary>How a feature's SHAP value depends on its value, coloured by another feature that may interact with it.</summary>
public static class DependenceChart
{
    private const double BottomRoom = 36;
    private const double HeadRoom = 22;
    private const double Radius = 2.4;

    /// <summary>Draws the chart.</summary>
    /// <returns>One SVG element as text.</returns>
    public static string Render(DependenceData data, ChartTheme theme, ChartSize size)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(theme);
        size = size.Clamp();
        var points = data.Points.Where(p => double.IsFinite(p.Value) && double.IsFinite(p.Shap)).ToList();
        var (plot, across, up, x, y) = Layout(points, size);
        var svg = new SvgWriter(size, theme, data.Title, Describe(data, points));
        foreach (var tick in up.Ticks)
        {
            svg.Line(plot.Left, y.Map(tick), plot.Right, y.Map(tick), tick == 0 ? theme.Muted : theme.Grid);
            svg.Text(plot.Left - 4, y.Map(tick) + 4, NumberText.Compact(tick), theme.Muted, "end", 11);
        }

        foreach (var tick in across.Ticks)
        {
            svg.Line(x.Map(tick), plot.Bottom, x.Map(tick), plot.Bottom + 4, theme.Grid);
            svg.Text(x.Map(tick), plot.Bottom + 16, NumberText.Compact(tick), theme.Muted, "middle", 11);
        }

        var scale = ColourScale.Over(points.Select(p => p.Other));
        foreach (var point in points)
        {
            svg.Circle(x.Map(point.Value), y.Map(point.Shap), Radius, theme.Scale[scale.Step(point.Other)], opacity: 0.75);
        }

        svg.Text((plot.Left + plot.Right) / 2, plot.Bottom + 31, data.Feature, theme.Text, "middle");
        svg.Text(2, 13, $"φ, {data.Unit}", theme.Muted, size: 11);
        if (data.Other.Length > 0)
        {
            ColourScale.DrawKey(svg, plot.Right, data.Other, theme);
        }

        return svg.Close();
    }

    internal static (PlotArea Plot, NumberAxis Across, NumberAxis Up, LinearScale X, LinearScale Y) Layout(
        IReadOnlyList<(double Value, double Shap, double Other)> points, ChartSize size)
    {
        var up = NumberAxis.Covering(points.Select(p => p.Shap).Append(0).Min(), points.Select(p => p.Shap).Append(0).Max());
        var left = up.Ticks.Max(t => PlotArea.WidthOf(NumberText.Compact(t), 70)) + 8;
        var plot = new PlotArea(left, HeadRoom, size.Width - 16, size.Height - BottomRoom);
        var values = points.Select(p => p.Value).DefaultIfEmpty(0).ToList();
        var across = NumberAxis.Covering(values.Min(), values.Max(), Math.Max(2, (int)(plot.Width / 80)));
        return (plot, across, up, new LinearScale(across.From, across.To, plot.Left, plot.Right), new LinearScale(up.From, up.To, plot.Bottom, plot.Top));
    }

    private static string Describe(DependenceData data, List<(double Value, double Shap, double Other)> points) => points.Count == 0
        ? "no values"
        : $"{points.Count} points: {data.Feature} from {NumberText.Compact(points.Min(p => p.Value))} to {NumberText.Compact(points.Max(p => p.Value))}, "
          + $"φ from {NumberText.WithSign(points.Min(p => p.Shap))} to {NumberText.WithSign(points.Max(p => p.Shap))} {data.Unit}";
}
