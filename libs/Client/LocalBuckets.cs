using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.Client;

/// <summary>Decides while the Limiter cannot.</summary>
internal sealed class LocalBuckets : IDisposable
{
    private const string Reason = "limiter_away";

    // The bucket adds whole tokens: at a period of a second over the rate, one each.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RateLimitClientOptions _options;
    private readonly PartitionedRateLimiter<RateLimitRequest>? _buckets;

    public LocalBuckets(IOptions<RateLimitClientOptions> options)
    {
        _options = options.Value;
        _buckets = _options.WhenAway == FallbackMode.LocalBucket ? PartitionedRateLimiter.Create<RateLimitRequest, (string, string)>(PartitionOf) : null;
    }

    /// <summary>Decides; a cost is rounded up to whole tokens.</summary>
    public RateLimitDecision Decide(RateLimitRequest request)
    {
        switch (_options.WhenAway)
        {
            case FallbackMode.Open:
                return Of(allowed: true, retryAfter: null);
            case FallbackMode.Closed:
                return Of(allowed: false, retryAfter: Second);
            default:
                var cost = (int)Math.Clamp(Math.Ceiling(request.Cost ?? 1), 0, int.MaxValue);
                if (cost > _options.FallbackBurst)
                {
                    return Of(allowed: false, retryAfter: null);   // No waiting helps.
                }

                using (var lease = _buckets!.AttemptAcquire(request, cost))
                {
                    return Of(lease.IsAcquired, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : lease.IsAcquired ? null : Second);
                }
        }
    }

    public void Dispose() => _buckets?.Dispose();

    private RateLimitPartition<(string, string)> PartitionOf(RateLimitRequest request) => RateLimitPartition.GetTokenBucketLimiter(
        (request.Domain ?? _options.Domain, request.ClientId),
        _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = _options.FallbackBurst, TokensPerPeriod = 1, ReplenishmentPeriod = Second / _options.FallbackRate, QueueLimit = 0, AutoReplenishment = true,
        });

    private static RateLimitDecision Of(bool allowed, TimeSpan? retryAfter) => new(allowed, DecisionSource.Fallback) { RetryAfter = retryAfter, Reason = Reason };
}
