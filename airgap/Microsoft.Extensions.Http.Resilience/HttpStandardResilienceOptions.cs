namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The five strategies of the standard handler, outermost first, with the published defaults.</summary>
public class HttpStandardResilienceOptions
{
    /// <summary>Requests under way at once. Default 1,000, none waiting.</summary>
    public HttpRateLimiterStrategyOptions RateLimiter { get; set; } = new();

    /// <summary>Time for all attempts together. Default 30 s.</summary>
    public HttpTimeoutStrategyOptions TotalRequestTimeout { get; set; } = new() { Name = "Standard-TotalRequestTimeout" };

    /// <summary>Retries of transient failures. Default 3, exponential from 2 s, with jitter, and a server's Retry-After obeyed.</summary>
    public HttpRetryStrategyOptions Retry { get; set; } = new() { Name = "Standard-Retry" };

    /// <summary>Stops asking a service that fails. Default 10 % of at least 100 requests in 30 s, for 5 s.</summary>
    public HttpCircuitBreakerStrategyOptions CircuitBreaker { get; set; } = new() { Name = "Standard-CircuitBreaker" };

    /// <summary>Time for one attempt. Default 10 s.</summary>
    public HttpTimeoutStrategyOptions AttemptTimeout { get; set; } = new() { Name = "Standard-AttemptTimeout", Timeout = TimeSpan.FromSeconds(10) };
}
