namespace RateLimitSuite.Dashboard.Overview;

/// <summary>Something that happened.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">A class of the style sheet: alert, model or training.</param>
/// <param name="Title">What, in a word or two.</param>
/// <param name="Detail">The rest; may be empty.</param>
public sealed record TimelineEntry(DateTimeOffset At, string Kind, string Title, string Detail);
