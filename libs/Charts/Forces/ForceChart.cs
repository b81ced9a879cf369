namespace RateLimitSuite.Charts;

/// <summary>One prediction as a balance: what raised it pushes from the left, what lowered it pushes back from the right, and they meet at it.</summary>
public static class ForceChart
{
    private const int Height = 118;
    private const double BarTop = 34;
    private const double BarHeight = 22;
    private const double Edge = 10;

    // Between neighbours, so that their edges show on any background.
    private const double Gap = 1.5;

    // Depth of the arrow heads by which neighbours interlock.
    private const double Point = 5;

    /// <summary>Draws the chart.</summary>
    /// <returns>One SVG element as text.</returns>
    public static string Render(WaterfallData data, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(theme);
        var size = new ChartSize(width, Height).Clamp();
        var layout = Layout(data, size.Width);
        var svg = new SvgWriter(size, theme, data.Title, Describe(data));
        foreach (var tick in layout.Axis.Ticks)
        {
            svg.Line(layout.X.Map(tick), BarTop + BarHeight, layout.X.Map(tick), BarTop + BarHeight + 5, theme.Grid);
            svg.Text(layout.X.Map(tick), BarTop + BarHeight + 18, NumberText.Compact(tick), theme.Muted, "middle", 11);
        }

        foreach (var piece in layout.Pieces)
        {
            DrawPiece(svg, piece, layout.X, theme, data);
        }

        Mark(svg, layout.X.Map(data.BaseValue), $"base value {NumberText.Compact(data.BaseValue)}", theme.Muted, size.Height - 8, size.Width);
        Mark(svg, layout.X.Map(data.Prediction), $"prediction {NumberText.Compact(data.Prediction)} {data.Unit}", theme.Text, 16, size.Width);
        return svg.Close();
    }

    /// <summary>Where everything lies. Raising steps end at the prediction and lowering ones begin there, the largest nearest to it.</summary>
    internal static (IReadOnlyList<ForcePiece> Pieces, NumberAxis Axis, LinearScale X) Layout(WaterfallData data, int width)
    {
        var steps = WaterfallChart.Order(data);
        var pieces = new List<ForcePiece>(steps.Count);
        var (low, high) = (data.Prediction, data.Prediction);
        foreach (var step in steps)
        {
            if (step.Amount >= 0)
            {
                pieces.Add(new ForcePiece(step, low - step.Amount, low));
                low -= step.Amount;
            }
            else
            {
                pieces.Add(new ForcePiece(step, high, high - step.Amount));
                high -= step.Amount;
            }
        }

        var axis = NumberAxis.Covering(Math.Min(low, data.BaseValue), Math.Max(high, data.BaseValue), Math.Max(2, width / 90));
        return (pieces, axis, new LinearScale(axis.From, axis.To, Edge + 14, width - Edge - 14));
    }

    private static void DrawPiece(SvgWriter svg, ForcePiece piece, LinearScale x, ChartTheme theme, WaterfallData data)
    {
        var (left, right) = (x.Map(piece.From), Math.Max(x.Map(piece.From), x.Map(piece.To) - Gap));
        var raises = piece.Step.Amount >= 0;
        var point = Math.Min(Point, (right - left) / 2) * (raises ? 1 : -1);
        var (top, bottom, middle) = (SvgWriter.N(BarTop), SvgWriter.N(BarTop + BarHeight), SvgWriter.N(BarTop + (BarHeight / 2)));
        var (l, r) = (SvgWriter.N(left), SvgWriter.N(right));
        var (notch, tip) = (SvgWriter.N(left + point), SvgWriter.N(right + point));
        svg.Shape($"M{l} {top}L{r} {top}L{tip} {middle}L{r} {bottom}L{l} {bottom}L{notch} {middle}Z", raises ? theme.Positive : theme.Negative,
            data.FeaturesDecided ? 0.9 : 0.35, $"{piece.Step.Name}: {NumberText.WithSign(piece.Step.Amount)} {data.Unit}");
        if (PlotArea.WidthOf(piece.Step.Name, 400) < right - left - 12)
        {
            svg.Text((left + right) / 2, BarTop + BarHeight + 32, piece.Step.Name, theme.Text, "middle", 11);
        }
    }

    // A text near an edge leans inwards.
    private static void Mark(SvgWriter svg, double x, string text, string colour, double textY, int width)
    {
        svg.Line(x, textY < BarTop ? BarTop - 12 : BarTop - 2, x, textY < BarTop ? BarTop + BarHeight + 2 : textY - 11, colour, 2);
        var half = PlotArea.WidthOf(text, width) / 2;
        svg.Text(Math.Clamp(x, half + 2, Math.Max(half + 2, width - half - 2)), textY, text, colour, "middle", 12, bold: true);
    }

    private static string Describe(WaterfallData data) =>
        $"Raised by {Names(data.Steps.Where(s => s.Amount > 0))}; lowered by {Names(data.Steps.Where(s => s.Amount < 0))}; "
        + $"from the base value {NumberText.Compact(data.BaseValue)} to the prediction {NumberText.Compact(data.Prediction)} {data.Unit}.";

    private static string Names(IEnumerable<WaterfallStep> steps) =>
        string.Join(", ", steps.OrderByDescending(s => Math.Abs(s.Amount)).Select(s => $"{s.Name} {NumberText.WithSign(s.Amount)}")) is { Length: > 0 } names ? names : "nothing";
}
