namespace RateLimitSuite.Charts;

/// <summary>Every explanation as a point a feature: where its SHAP value lies, coloured by the feature's value. Points that would cover each other step aside.</summary>
public static class BeeswarmChart
{
    private const int RowHeight = 40;
    private const int HeadRoom = 24;
    private const int FootRoom = 24;
    private const double Radius = 2.2;

    /// <summary>Draws the chart, as high as its rows need.</summary>
    /// <param name="title">What a screen reader says first.</param>
    /// <param name="unit">Unit of the SHAP values.</param>
    /// <param name="rows">In the order to be drawn, from the top.</param>
    /// <param name="theme">The colours.</param>
    /// <param name="width">In CSS pixels.</param>
    /// <returns>One SVG element as text.</returns>
    public static string Render(string title, string unit, IReadOnlyList<SwarmRow> rows, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(theme);
        var size = new ChartSize(width, HeadRoom + FootRoom + (RowHeight * Math.Max(1, rows.Count))).Clamp();
        var svg = new SvgWriter(size, theme, title, string.Join("; ", rows.Select(r => Describe(r, unit))));
        var names = Math.Min(size.Width * 0.4, rows.Select(r => PlotArea.WidthOf(r.Name, 400)).DefaultIfEmpty(0).Max() + 10);
        var shap = rows.SelectMany(r => r.Points).Select(p => p.Shap).Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var plot = new PlotArea(names, HeadRoom, size.Width - 14, size.Height - FootRoom);
        var axis = NumberAxis.Covering(Math.Min(0, shap.Min()), Math.Max(0, shap.Max()), Math.Max(2, (int)(plot.Width / 80)));
        var x = new LinearScale(axis.From, axis.To, plot.Left + 4, plot.Right);
        ColourScale.DrawKey(svg, plot.Right, "feature value", theme);
        foreach (var tick in axis.Ticks)
        {
            svg.Line(x.Map(tick), plot.Top, x.Map(tick), plot.Bottom, tick == 0 ? theme.Muted : theme.Grid);
            svg.Text(x.Map(tick), plot.Bottom + 16, NumberText.Compact(tick), theme.Muted, "middle", 11);
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var middle = plot.Top + (RowHeight * (i + 0.5));
            svg.Text(names - 8, middle + 4, PlotArea.Fit(rows[i].Name, names - 10), theme.Text, "end");
            DrawRow(svg, rows[i], middle, x, theme);
        }

        return svg.Close();
    }

    /// <summary>How far above or below the row's middle the n-th point of one place lies: 0, up, down, further up and so on, never out of the row.</summary>
    internal static double Offset(int n)
    {
        var step = (n + 1) / 2 * Radius * 1.3;
        return Math.Min(step, (RowHeight / 2.0) - Radius - 2) * (n % 2 == 0 ? 1 : -1);
    }

    private static void DrawRow(SvgWriter svg, SwarmRow row, double middle, LinearScale x, ChartTheme theme)
    {
        var scale = ColourScale.Over(row.Points.Select(p => p.Value));
        var taken = new Dictionary<int, int>();
        foreach (var point in row.Points.Where(p => double.IsFinite(p.Shap)))
        {
            var at = x.Map(point.Shap);
            var place = (int)Math.Round(at / (2 * Radius));
            var n = taken.GetValueOrDefault(place);
            taken[place] = n + 1;
            svg.Circle(at, middle + Offset(n), Radius, theme.Scale[scale.Step(point.Value)], opacity: 0.8);
        }
    }

    private static string Describe(SwarmRow row, string unit) => row.Points.Count == 0
        ? $"{row.Name}: no values"
        : $"{row.Name}: {row.Points.Count} points from {NumberText.WithSign(row.Points.Min(p => p.Shap))} to {NumberText.WithSign(row.Points.Max(p => p.Shap))} {unit}";
}
