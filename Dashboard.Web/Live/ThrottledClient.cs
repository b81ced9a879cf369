namespace RateLimitSuite.Dashboard.Live;

/// <summary>A client that is throttled now.</summary>
/// <param name="ClientId">Who it is.</param>
/// <param name="OfferedPerSecond">Requests/s it offers.</param>
/// <param name="ThrottledPerSecond">Requests/s of them that were throttled, over the last seconds.</param>
/// <param name="RefillRate">tokens/s in force.</param>
public sealed record ThrottledClient(string ClientId, double OfferedPerSecond, double ThrottledPerSecond, double RefillRate);
