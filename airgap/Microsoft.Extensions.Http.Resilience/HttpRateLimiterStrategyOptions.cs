using System.Threading.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The limit of requests under way at once.</summary>
public class HttpRateLimiterStrategyOptions
{
    /// <summary>Permits and queue. Default 1,000 and 0.</summary>
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };
}
