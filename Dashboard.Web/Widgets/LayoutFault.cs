namespace RateLimitSuite.Dashboard.Widgets;

/// <summary>What is wrong with a layout, and where.</summary>
/// <param name="Path">As in <c>widgets[1].type</c>; <c>$</c> is the whole document.</param>
/// <param name="Message">What it is and what it must be.</param>
public sealed record LayoutFault(string Path, string Message);
