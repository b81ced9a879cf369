namespace RateLimitSuite.Charts;

/// <summary>How features lead from the base value to a prediction, the largest first.</summary>
public static class WaterfallChart
{
    private const int RowHeight = 24;
    private const int BarHeight = 16;
    private const int HeadRoom = 26;
    private const int FootRoom = 24;
    private const double PaleOpacity = 0.35;

    /// <summary>Height at which every row has its room: a headline, one row a step, base value and prediction, and the axis.</summary>
    public static int HeightOf(WaterfallData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return HeadRoom + (RowHeight * (Order(data).Count + 2)) + FootRoom;
    }

    /// <summary>Draws the chart, as high as its steps need.</summary>
    /// <returns>One SVG element as text.</returns>
    public static string Render(WaterfallData data, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(theme);
        var size = new ChartSize(width, HeightOf(data)).Clamp();
        var steps = Order(data);
        var (plot, axis, x) = Layout(data, steps, size);
        var svg = new SvgWriter(size, theme, data.Title, Describe(data, steps));
        svg.Text(4, 16, PlotArea.Fit(data.Headline, size.Width - 8), theme.Text, bold: true);
        foreach (var tick in axis.Ticks)
        {
            svg.Line(x.Map(tick), plot.Top, x.Map(tick), plot.Bottom, theme.Grid);
            svg.Text(x.Map(tick), plot.Bottom + 14, NumberText.Compact(tick), theme.Muted, "middle", 11);
        }

        Row(svg, plot, 0, "base value", theme);
        Level(svg, plot, x, 0, data.BaseValue, theme, data.Unit);
        var reached = data.BaseValue;
        for (var i = 0; i < steps.Count; i++)
        {
            Row(svg, plot, i + 1, steps[i].ValueText.Length > 0 ? $"{steps[i].Name} = {steps[i].ValueText}" : steps[i].Name, theme);
            Step(svg, plot, x, i + 1, reached, steps[i], theme, data);
            reached += steps[i].Amount;
        }

        Row(svg, plot, steps.Count + 1, "prediction", theme);
        Level(svg, plot, x, steps.Count + 1, data.Prediction, theme, data.Unit);
        return svg.Close();
    }

    /// <summary>The steps as drawn: by size, ties in their own order, the smallest added up where there are too many.</summary>
    internal static IReadOnlyList<WaterfallStep> Order(WaterfallData data)
    {
        var sorted = data.Steps.OrderByDescending(s => Math.Abs(s.Amount)).ToList();
        if (sorted.Count <= data.MostSteps)
        {
            return sorted;
        }

        var rest = sorted.Skip(data.MostSteps - 1).ToList();
        return [.. sorted.Take(data.MostSteps - 1), new WaterfallStep($"{rest.Count} others", "", rest.Sum(s => s.Amount))];
    }

    internal static (PlotArea Plot, NumberAxis Axis, LinearScale X) Layout(WaterfallData data, IReadOnlyList<WaterfallStep> steps, ChartSize size)
    {
        var (low, high) = (Math.Min(data.BaseValue, data.Prediction), Math.Max(data.BaseValue, data.Prediction));
        var reached = data.BaseValue;
        foreach (var step in steps)
        {
            reached += step.Amount;
            (low, high) = (Math.Min(low, reached), Math.Max(high, reached));
        }

        var names = Math.Min(size.Width * 0.46, 190);
        var plot = new PlotArea(names, HeadRoom, size.Width - 58, HeadRoom + (RowHeight * (steps.Count + 2)));
        var axis = NumberAxis.Covering(low, high, Math.Max(2, (int)(plot.Width / 70)));
        return (plot, axis, new LinearScale(axis.From, axis.To, plot.Left, plot.Right));
    }

    private static void Row(SvgWriter svg, PlotArea plot, int row, string name, ChartTheme theme) =>
        svg.Text(plot.Left - 6, Middle(plot, row) + 4, PlotArea.Fit(name, plot.Left - 8), theme.Text, "end");

    private static void Level(SvgWriter svg, PlotArea plot, LinearScale x, int row, double value, ChartTheme theme, string unit)
    {
        var at = x.Map(value);
        svg.Line(at, Middle(plot, row) - 10, at, Middle(plot, row) + 10, theme.Text, 3);
        svg.Text(at + 6, Middle(plot, row) + 4, NumberText.Compact(value) + (at + 120 < plot.Right ? " " + unit : ""), theme.Text, bold: true);
    }

    private static void Step(SvgWriter svg, PlotArea plot, LinearScale x, int row, double from, WaterfallStep step, ChartTheme theme, WaterfallData data)
    {
        var (start, end) = (x.Map(from), x.Map(from + step.Amount));
        var (left, right) = (Math.Min(start, end), Math.Max(start, end));
        var y = Middle(plot, row);
        svg.Line(start, y - RowHeight + (BarHeight / 2), start, y - (BarHeight / 2), theme.Muted, 1, "2 2");
        svg.Rectangle(left, y - (BarHeight / 2), Math.Max(1, right - left), BarHeight, step.Amount < 0 ? theme.Negative : theme.Positive,
            data.FeaturesDecided ? 1 : PaleOpacity, $"{step.Name}: {NumberText.WithSign(step.Amount)} {data.Unit}");
        svg.Text(right + 5, y + 4, NumberText.WithSign(step.Amount), theme.Text, size: 11);
    }

    private static double Middle(PlotArea plot, int row) => plot.Top + (RowHeight * (row + 0.5));

    private static string Describe(WaterfallData data, IReadOnlyList<WaterfallStep> steps) =>
        $"{data.Headline} From the base value {NumberText.Compact(data.BaseValue)} {data.Unit}: "
        + string.Join(", ", steps.Select(s => $"{s.Name} {NumberText.WithSign(s.Amount)}")) + $", to the prediction {NumberText.Compact(data.Prediction)} {data.Unit}.";
}
