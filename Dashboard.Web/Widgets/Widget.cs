namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>What a widget draws.</summary>
public enum WidgetType
{
    /// <summary>SHAP magnitude per minute, its spikes marked.</summary>
    LineChart,

    /// <summary>Correlation of features.</summary>
    Heatmap,

    /// <summary>The features with the largest |φ|.</summary>
    Table,
}

/// <summary>One widget of a <see cref="WidgetLayout"/>.</summary>
/// <param name="Type">What it draws.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Topic">Where its data comes from: shap-values.</param>
/// <param name="Transform">What is done with it; empty: the type's own.</param>
/// <param name="Limit">Rows of a table, 1..64.</param>
public sealed record Widget(WidgetType Type, string Title, string Topic, string Transform, int Limit)
{
    /// <summary>Whether a table is sorted by mean φ, what raised the rate most first, instead of mean |φ|.</summary>
    public bool BySign { get; init; }
}
