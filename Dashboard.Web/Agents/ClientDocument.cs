namespace RateLimitSuite.Dashboard.Agents;

/// <summary>One client.</summary>
/// <param name="ClientId">Who.</param>
/// <param name="RequestsPerSecond">Offered.</param>
/// <param name="RefillRate">tokens/s in force.</param>
/// <param name="Decisions">Since the Limiter started.</param>
/// <param name="Throttled">Of these, throttled.</param>
internal sealed record ClientDocument(string ClientId, double RequestsPerSecond, double RefillRate, ulong Decisions, ulong Throttled);
