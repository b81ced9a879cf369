namespace RateLimitSuite.Charts;

/// <summary>Where the data of a chart is drawn, inside the room that axes and titles take.</summary>
internal readonly record struct PlotArea(double Left, double Top, double Right, double Bottom)
{
    public double Width => Right - Left;

    public double Height => Bottom - Top;

    /// <summary>Room for texts left of an axis: a character of the charts' font is near 7 pixels wide.</summary>
    public static double WidthOf(string text, double most) => Math.Min(most, (text.Length * 6.8) + 2);

    /// <summary>A text cut to the room there is, with an ellipsis where it was cut.</summary>
    public static string Fit(string text, double width)
    {
        var most = Math.Max(1, (int)(width / 6.8));
        return text.Length <= most ? text : string.Concat(text.AsSpan(0, Math.Max(0, most - 1)), "…");
    }
}
