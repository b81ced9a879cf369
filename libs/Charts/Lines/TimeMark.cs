namespace RateLimitSuite.Charts;

/// <summary>Something that happened, as an upright line.</summary>
public readonly record struct TimeMark(DateTimeOffset At, string Label);
