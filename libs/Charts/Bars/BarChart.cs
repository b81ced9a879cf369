namespace RateLimitSuite.Charts;

/// <summary>Bars that lie, from zero to either side, in the order given.</summary>
public static class BarChart
{
    private const int RowHeight = 22;
    private const int BarHeight = 14;
    private const int ValueRoom = 52;

    /// <summary>Draws the chart, as high as its bars need.</summary>
    /// <returns>One SVG element as text.</returns>
    public static string Render(string title, string unit, IReadOnlyList<Bar> bars, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(bars);
        ArgumentNullException.ThrowIfNull(theme);
        var size = new ChartSize(width, Math.Max(1, bars.Count) * RowHeight).Clamp();
        var svg = new SvgWriter(size, theme, title, string.Join(", ", bars.Select(b => $"{b.Name} {NumberText.Compact(b.Value)} {unit}")));
        var x = Scale(bars, size.Width);
        for (var i = 0; i < bars.Count; i++)
        {
            Draw(svg, x, i, bars[i], unit, theme);
        }

        return svg.Close();
    }

    internal static LinearScale Scale(IReadOnlyList<Bar> bars, int width)
    {
        var names = Math.Min(width * 0.4, bars.Select(b => PlotArea.WidthOf(b.Name, 400)).DefaultIfEmpty(0).Max() + 8);
        var values = bars.Select(b => b.Value).Where(double.IsFinite).Append(0).ToList();
        var (low, high) = (values.Min(), values.Max());
        return new LinearScale(low, high == low ? low + 1 : high, names + (low < 0 ? ValueRoom : 0), width - ValueRoom);
    }

    private static void Draw(SvgWriter svg, LinearScale x, int row, Bar bar, string unit, ChartTheme theme)
    {
        var value = double.IsFinite(bar.Value) ? bar.Value : 0;
        var (zero, end) = (x.Map(0), x.Map(value));
        var middle = (row + 0.5) * RowHeight;
        var names = x.Start - (x.From < 0 ? ValueRoom : 0) - 8;
        svg.Text(names + 2, middle + 4, PlotArea.Fit(bar.Name, names), theme.Text, "end");
        svg.Rectangle(Math.Min(zero, end), middle - (BarHeight / 2), Math.Max(1, Math.Abs(end - zero)), BarHeight,
            value < 0 ? theme.Negative : theme.Positive, 1, $"{bar.Name}: {NumberText.Compact(bar.Value)} {unit}");
        svg.Text(value < 0 ? end - 4 : end + 4, middle + 4, NumberText.Compact(bar.Value), theme.Text, value < 0 ? "end" : "start", 11);
    }
}
