namespace RateLimitSuite.Charts;

/// <summary>The colours of a chart. Series colours are those of Okabe and Ito, which people with any colour vision can tell apart.</summary>
public sealed record ChartTheme
{
    /// <summary>Behind everything; <c>none</c> lets the page shine through.</summary>
    public required string Background { get; init; }

    /// <summary>Titles and values.</summary>
    public required string Text { get; init; }

    /// <summary>Axis labels.</summary>
    public required string Muted { get; init; }

    /// <summary>Grid lines.</summary>
    public required string Grid { get; init; }

    /// <summary>What raises a prediction.</summary>
    public required string Positive { get; init; }

    /// <summary>What lowers it.</summary>
    public required string Negative { get; init; }

    /// <summary>Limits and spikes.</summary>
    public required string Alarm { get; init; }

    /// <summary>One colour a series, in order; they repeat.</summary>
    public required IReadOnlyList<string> Series { get; init; }

    /// <summary>Five steps from low to high values: from blue over grey to vermilion, which people with any colour vision can order.</summary>
    public required IReadOnlyList<string> Scale { get; init; }

    /// <summary>Dark on white, complete in itself: for files and tickets.</summary>
    public static ChartTheme Light { get; } = new()
    {
        Background = "#ffffff",
        Text = "#1b1f24",
        Muted = "#57606a",
        Grid = "#d8dee4",
        Positive = "#0072b2",
        Negative = "#d55e00",
        Alarm = "#b3261e",
        Series = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9"],
        Scale = ["#0072b2", "#5b95b9", "#9b9b9b", "#c9895a", "#d55e00"],
    };

    /// <summary>Light on dark, complete in itself.</summary>
    public static ChartTheme Dark { get; } = new()
    {
        Background = "#14181d",
        Text = "#e6edf3",
        Muted = "#9da7b1",
        Grid = "#2d343c",
        Positive = "#56b4e9",
        Negative = "#f0883e",
        Alarm = "#ff7b72",
        Series = ["#56b4e9", "#f0883e", "#2fd6a4", "#e29ac4", "#f0e442", "#4f9bd0"],
        Scale = ["#56b4e9", "#86b3cd", "#b4b4b4", "#d9a373", "#f0883e"],
    };

    /// <summary>Takes every colour from the page's CSS variables <c>--chart-…</c>, so that a change of theme needs no new picture.</summary>
    public static ChartTheme Css { get; } = new()
    {
        Background = "none",
        Text = "var(--chart-text)",
        Muted = "var(--chart-muted)",
        Grid = "var(--chart-grid)",
        Positive = "var(--chart-positive)",
        Negative = "var(--chart-negative)",
        Alarm = "var(--chart-alarm)",
        Series = [.. Enumerable.Range(0, 6).Select(i => $"var(--chart-series-{i})")],
        Scale = [.. Enumerable.Range(0, 5).Select(i => $"var(--chart-scale-{i})")],
    };

    internal string SeriesColour(int index) => Series[index % Series.Count];
}
