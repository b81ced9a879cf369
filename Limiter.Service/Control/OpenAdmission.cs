using RateLimitSuite.Limiter.Clients;

namespace RateLimitSuite.Limiter.Control;

/// <summary>A request that was let through to a backend and whose outcome is not yet known.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Cost">Tokens it took.</param>
/// <param name="At">When it was let through.</param>
/// <param name="Reserved">Whether its policy has a reserve of the backend.</param>
internal readonly record struct OpenAdmission(ClientHandle Client, double Cost, TimeSpan At, bool Reserved = false);
