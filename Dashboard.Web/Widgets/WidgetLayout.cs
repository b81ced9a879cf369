namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>A page of widgets.</summary>
/// <param name="Columns">Widgets beside each other where there is room, 1..6.</param>
/// <param name="Widgets">In reading order.</param>
public sealed record WidgetLayout(int Columns, IReadOnlyList<Widget> Widgets);
