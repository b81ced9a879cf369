namespace RateLimitSuite.Charts;

/// <summary>Sorts values into the theme's five steps from low to high.</summary>
/// <param name="Low">Values up to here have the first colour.</param>
/// <param name="High">Values from here on have the last one.</param>
internal readonly record struct ColourScale(double Low, double High)
{
    private const int Steps = 5;

    // A single extreme value would else leave one colour to all others.
    private const double Trimmed = 0.05;

    /// <summary>The scale of some values, whose outermost twentieths share the end colours; values that are not finite do not count.</summary>
    public static ColourScale Over(IEnumerable<double> values)
    {
        var sorted = values.Where(double.IsFinite).Order().ToList();
        return sorted.Count == 0
            ? new ColourScale(0, 0)
            : new ColourScale(sorted[(int)(Trimmed * (sorted.Count - 1))], sorted[(int)Math.Ceiling((1 - Trimmed) * (sorted.Count - 1))]);
    }

    /// <summary>0..4; the middle one where all values are alike, or for no number.</summary>
    public int Step(double value) => High > Low && double.IsFinite(value)
        ? Math.Clamp((int)((value - Low) / (High - Low) * Steps), 0, Steps - 1)
        : Steps / 2;

    /// <summary>Draws which colour means what, in the picture's upper right corner.</summary>
    public static void DrawKey(SvgWriter svg, double right, string what, ChartTheme theme)
    {
        const double Cell = 12;
        var left = right - (Steps * Cell) - 34;
        for (var i = 0; i < Steps; i++)
        {
            svg.Rectangle(left + (i * Cell), 5, Cell, 9, theme.Scale[i]);
        }

        svg.Text(left - 5, 13, what + ": low", theme.Muted, "end", 11);
        svg.Text(left + (Steps * Cell) + 5, 13, "high", theme.Muted, "start", 11);
    }
}
