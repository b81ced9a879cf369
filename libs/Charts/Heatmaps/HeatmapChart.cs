namespace RateLimitSuite.Charts;

/// <summary>A matrix in two colours, one for each sign: the stronger, the larger.</summary>
public static class HeatmapChart
{
    private const int MostCell = 46;
    private const int FlatHeadRoom = 24;

    // Names that do not fit above their column rise to the right at this angle.
    private const double SlantDegrees = 35;

    // Beneath this the number in a cell stays readable in both themes.
    private const double StrongestColour = 0.75;

    /// <summary>Height at a given width: cells are as wide as there is room, and no higher than they are wide.</summary>
    public static int HeightOf(HeatmapData data, int width)
    {
        ArgumentNullException.ThrowIfNull(data);
        return HeadRoom(data, width) + (data.Rows.Count * CellHeight(data, width)) + 4;
    }

    /// <summary>Draws the chart, as high as its rows need.</summary>
    /// <returns>One SVG element as text.</returns>
    /// <exception cref="ArgumentException">There are not rows × columns values.</exception>
    public static string Render(HeatmapData data, ChartTheme theme, int width)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(theme);
        if (data.Values.Count != data.Rows.Count * data.Columns.Count)
        {
            throw new ArgumentException($"{data.Rows.Count} rows of {data.Columns.Count} columns need {data.Rows.Count * data.Columns.Count} values, not {data.Values.Count}.", nameof(data));
        }

        var size = new ChartSize(width, HeightOf(data, width)).Clamp();
        var svg = new SvgWriter(size, theme, data.Title, Describe(data));
        var names = NamesWidth(data, size.Width);
        var cell = (Width: CellWidth(data, size.Width), Height: CellHeight(data, size.Width));
        var full = data.Full > 0 ? data.Full : Math.Max(1e-12, data.Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max());
        var head = HeadRoom(data, size.Width);
        for (var column = 0; column < data.Columns.Count; column++)
        {
            var x = names + ((column + 0.5) * cell.Width);
            if (head == FlatHeadRoom)
            {
                svg.Text(x, 15, data.Columns[column], theme.Muted, "middle", 11);
            }
            else
            {
                svg.SlantedText(x, head - 6, data.Columns[column], theme.Muted, SlantDegrees, 11);
            }
        }

        for (var row = 0; row < data.Rows.Count; row++)
        {
            svg.Text(names - 6, head + ((row + 0.5) * cell.Height) + 4, PlotArea.Fit(data.Rows[row], names - 8), theme.Text, "end");
            for (var column = 0; column < data.Columns.Count; column++)
            {
                DrawCell(svg, data, row, column, new PlotArea(
                    names + (column * cell.Width), head + (row * cell.Height), names + ((column + 1) * cell.Width), head + ((row + 1) * cell.Height)), full, theme);
            }
        }

        return svg.Close();
    }

    /// <summary>How strongly a value is coloured, 0..0.75.</summary>
    internal static double Strength(double value, double full) => Math.Min(1, Math.Abs(value) / full) * StrongestColour;

    private static void DrawCell(SvgWriter svg, HeatmapData data, int row, int column, PlotArea area, double full, ChartTheme theme)
    {
        var value = data.Values[(row * data.Columns.Count) + column];
        if (!double.IsFinite(value))
        {
            return;
        }

        svg.Rectangle(area.Left + 1, area.Top + 1, area.Width - 2, area.Height - 2, value < 0 ? theme.Negative : theme.Positive,
            Strength(value, full), $"{data.Rows[row]}, {data.Columns[column]}: {NumberText.WithSign(value)}");
        if (area.Width >= 34)
        {
            svg.Text((area.Left + area.Right) / 2, ((area.Top + area.Bottom) / 2) + 4, (Math.Round(value, 2) + 0.0).ToString("0.00", Invariant.Culture), theme.Text, "middle", 11);
        }
    }

    private static double NamesWidth(HeatmapData data, int width) =>
        Math.Min(width * 0.35, data.Rows.Select(r => PlotArea.WidthOf(r, 400)).DefaultIfEmpty(0).Max() + 10);

    private static int HeadRoom(HeatmapData data, int width)
    {
        var longest = LongestName(data);
        return longest <= CellWidth(data, width) ? FlatHeadRoom : 14 + (int)(longest * Math.Sin(SlantDegrees * Math.PI / 180));
    }

    // A name that rises above the last column needs room on the right, less half of that column.
    private static double CellWidth(HeatmapData data, int width)
    {
        var room = width - NamesWidth(data, width);
        var flat = (room - 2) / Math.Max(1, data.Columns.Count);
        var longest = LongestName(data);
        var beyond = longest * Math.Cos(SlantDegrees * Math.PI / 180);
        return longest <= flat ? flat : Math.Min(flat, Math.Max(0, room - beyond) / Math.Max(0.5, data.Columns.Count - 0.5));
    }

    private static double LongestName(HeatmapData data) => data.Columns.Select(c => PlotArea.WidthOf(c, 200)).DefaultIfEmpty(0).Max();

    private static int CellHeight(HeatmapData data, int width) =>
        (int)Math.Clamp(CellWidth(data, width) * 0.7, 18, MostCell);

    private static string Describe(HeatmapData data)
    {
        var strongest = Enumerable.Range(0, data.Values.Count)
            .Where(i => double.IsFinite(data.Values[i]) && (data.Rows.Count != data.Columns.Count || i / data.Columns.Count != i % data.Columns.Count))
            .OrderByDescending(i => Math.Abs(data.Values[i])).FirstOrDefault(-1);
        return strongest < 0
            ? "no values"
            : $"strongest: {data.Rows[strongest / data.Columns.Count]} with {data.Columns[strongest % data.Columns.Count]}, {NumberText.WithSign(data.Values[strongest])}";
    }
}
