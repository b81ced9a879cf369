using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>When and how often a request is sent again.</summary>
public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    /// <summary>Retries transient failures.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = args => new ValueTask<bool>(HttpClientResiliencePredicates.IsTransient(args.Outcome));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        DelayGenerator = args => new ValueTask<TimeSpan?>(ShouldRetryAfterHeader ? RetryAfter.Read(args.Outcome.Result) : null);
    }

    /// <summary>Whether a server's Retry-After sets the delay. Default true.</summary>
    public bool ShouldRetryAfterHeader { get; set; } = true;
}
