namespace RateLimitSuite.Limiter.Overrides;

/// <summary>What an operator's override does to a decision. Exactly one of the three effects is set.</summary>
/// <param name="Id">The override's id.</param>
/// <param name="RefillRate">Tokens/s in place of every other rate; NaN: not set.</param>
/// <param name="Factor">Factor on the rate otherwise in force; NaN: not set.</param>
/// <param name="Deny">Whether everything is throttled.</param>
internal sealed record ActiveOverride(string Id, double RefillRate, double Factor, bool Deny);
