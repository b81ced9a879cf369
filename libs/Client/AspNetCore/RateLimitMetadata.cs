namespace RateLimitSuite.Client.AspNetCore;

/// <summary>How an endpoint is limited.</summary>
/// <param name="Domain">Selects policies; null: <see cref="RateLimitClientOptions.Domain"/>.</param>
/// <param name="Cost">Tokens; null: the policy's.</param>
/// <param name="IsLimited">False: the endpoint is never asked about.</param>
public sealed record RateLimitMetadata(string? Domain = null, double? Cost = null, bool IsLimited = true);
