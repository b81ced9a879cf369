namespace RateLimitSuite.Charts;

/// <summary>A value at a time; not a number leaves a gap in the line.</summary>
public readonly record struct LinePoint(DateTimeOffset At, double Value);
