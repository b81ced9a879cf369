namespace RateLimitSuite.Charts;

/// <summary>A level that values are held against.</summary>
public readonly record struct LimitLine(double Value, string Label);
