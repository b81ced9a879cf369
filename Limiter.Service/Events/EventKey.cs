namespace RateLimitSuite.Limiter.Events;

/// <summary>The key of decisions and outcomes, so that one consumer sees all of a backend.</summary>
internal static class EventKey
{
    public static string Of(string backend, string policy) => backend.Length > 0 ? backend : policy;
}
