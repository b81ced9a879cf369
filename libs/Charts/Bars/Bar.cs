namespace RateLimitSuite.Charts;

/// <summary>One bar of a <see cref="BarChart"/>.</summary>
public readonly record struct Bar(string Name, double Value);
