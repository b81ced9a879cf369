namespace RateLimitSuite.Dashboard.Live;

/// <summary>What the limiter did in one second.</summary>
/// <param name="At">The Limiter's clock.</param>
/// <param name="DecisionsPerSecond">Decisions in the second before.</param>
/// <param name="ThrottledShare">0..1 of them; not a number where there were none.</param>
public readonly record struct RatePoint(DateTimeOffset At, double DecisionsPerSecond, double ThrottledShare);
