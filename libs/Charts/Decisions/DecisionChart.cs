using System.Text;

namespace RateLimitSuite.Charts;

/// <summary>How several predictions come about side by side: each line starts at the base value and moves by one feature a row.</summary>
public static class DecisionChart
{
    private const int RowHeight = 26;
    private const int HeadRoom = 22;
    private const int FootRoom = 24;

    /// <summary>Draws the chart, as high as its features need.</summary>
    /// <param name="title">What a screen reader says first.</param>
    /// <param name="features">Names, in the order of each path's SHAP values.</param>
    /// <param name="paths">The first is drawn thick: the others are what it is seen against.</param>
    /// <param name="theme">The colours.</param>
    /// <param name="width">In CSS pixels.</param>
    /// <returns>One SVG element as text.</returns>
    /// <exception cref="ArgumentException">A path has not one SHAP value a feature.</exception>
    public static string Render(string title, IReadOnlyList<string> features, IReadOnlyList<DecisionPath> paths, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(theme);
        if (paths.FirstOrDefault(p => p.Shap.Count != features.Count) is { } wrong)
        {
            throw new ArgumentException($"'{wrong.Name}' has {wrong.Shap.Count} SHAP values; there are {features.Count} features.", nameof(paths));
        }

        var size = new ChartSize(width, HeadRoom + FootRoom + (RowHeight * (features.Count + 1))).Clamp();
        var order = Order(features.Count, paths);
        var names = Math.Min(size.Width * 0.4, features.Select(f => PlotArea.WidthOf(f, 400)).DefaultIfEmpty(0).Max() + 10);
        var plot = new PlotArea(names, HeadRoom, size.Width - 20, size.Height - FootRoom);
        var reached = paths.SelectMany(p => Reached(p, order)).Where(double.IsFinite).DefaultIfEmpty(0).ToList();
        var axis = NumberAxis.Covering(reached.Min(), reached.Max(), Math.Max(2, (int)(plot.Width / 70)));
        var x = new LinearScale(axis.From, axis.To, plot.Left, plot.Right);
        var svg = new SvgWriter(size, theme, title, string.Join("; ", paths.Take(3).Select(p => $"{p.Name}: from {NumberText.Compact(p.BaseValue)} to {NumberText.Compact(p.BaseValue + p.Shap.Sum())}")));
        foreach (var tick in axis.Ticks)
        {
            svg.Line(x.Map(tick), plot.Top, x.Map(tick), plot.Bottom, theme.Grid);
            svg.Text(x.Map(tick), plot.Bottom + 16, NumberText.Compact(tick), theme.Muted, "middle", 11);
        }

        // The base is at the bottom and what matters most at the top, where the eye looks for the outcome.
        for (var row = 0; row < order.Length; row++)
        {
            svg.Text(plot.Left - 6, Y(plot, row + 1) + (RowHeight / 2.0) + 4, PlotArea.Fit(features[order[row]], names - 8), theme.Text, "end");
        }

        for (var i = paths.Count - 1; i >= 0; i--)
        {
            DrawPath(svg, paths[i], order, plot, x, i == 0 ? theme.Series[1] : theme.Series[0], isFirst: i == 0);
        }

        return svg.Close();
    }

    /// <summary>Features by the size of their part over all paths, the smallest first.</summary>
    internal static int[] Order(int features, IReadOnlyList<DecisionPath> paths) =>
        [.. Enumerable.Range(0, features).OrderBy(f => paths.Sum(p => Math.Abs(p.Shap[f])))];

    /// <summary>The base value, and what is reached after each feature in order.</summary>
    internal static IEnumerable<double> Reached(DecisionPath path, int[] order)
    {
        var at = path.BaseValue;
        yield return at;
        foreach (var feature in order)
        {
            at += path.Shap[feature];
            yield return at;
        }
    }

    private static void DrawPath(SvgWriter svg, DecisionPath path, int[] order, PlotArea plot, LinearScale x, string colour, bool isFirst)
    {
        var line = new StringBuilder();
        var row = 0;
        foreach (var value in Reached(path, order))
        {
            line.Append(line.Length == 0 ? 'M' : 'L').Append(SvgWriter.N(x.Map(value))).Append(' ').Append(SvgWriter.N(Y(plot, row++)));
        }

        svg.Shape(line.ToString(), "none", 1, path.Name, colour, isFirst ? 3 : 1, isFirst ? 1 : 0.45);
    }

    private static double Y(PlotArea plot, int row) => plot.Bottom - (RowHeight / 2.0) - (row * RowHeight);
}
