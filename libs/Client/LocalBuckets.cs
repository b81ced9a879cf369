using Microsoft.Extensions.Options;

namespace RateLimitSuite.Client;

/// <summary>Decides while the Limiter cannot. Safe to use from many threads.</summary>
/// <remarks>
/// Holds at most <see cref="RateLimitClientOptions.FallbackClientsMax"/> buckets. Where there is no room for another, those that have filled up
/// again are forgotten first, which gives nobody a token; where none has, the clients without a bucket share one, and are counted.
/// </remarks>
internal sealed class LocalBuckets(IOptions<RateLimitClientOptions> options, ClientMetrics metrics, TimeProvider time)
{
    private const string Reason = "limiter_away";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RateLimitClientOptions _options = options.Value;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Domain, string ClientId), Bucket> _buckets = [];
    private readonly long _start = time.GetTimestamp();
    private Bucket _shared = new(options.Value.FallbackBurst, TimeSpan.Zero);
    private TimeSpan _forgotAt = TimeSpan.MinValue;

    /// <summary>Buckets held.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _buckets.Count;
            }
        }
    }

    /// <summary>Decides.</summary>
    public RateLimitDecision Decide(RateLimitRequest request)
    {
        switch (_options.WhenAway)
        {
            case FallbackMode.Open:
                return Of(allowed: true, retryAfter: null);
            case FallbackMode.Closed:
                return Of(allowed: false, retryAfter: Second);
            default:
                var cost = Math.Max(0, request.Cost ?? 1);
                return cost > _options.FallbackBurst ? Of(allowed: false, retryAfter: null) : Take((request.Domain ?? _options.Domain, request.ClientId), cost);
        }
    }

    private RateLimitDecision Take((string Domain, string ClientId) key, double cost)
    {
        var now = time.GetElapsedTime(_start);
        var missing = 0.0;
        lock (_lock)
        {
            var held = true;
            if (!_buckets.TryGetValue(key, out var bucket))
            {
                held = HasRoom(now);
                bucket = held ? new Bucket(_options.FallbackBurst, now) : _shared;
            }

            bucket = Refill(bucket, now);
            missing = cost - bucket.Tokens;
            bucket = missing > 0 ? bucket : bucket with { Tokens = bucket.Tokens - cost };
            if (held)
            {
                _buckets[key] = bucket;
            }
            else
            {
                metrics.WithoutBucket();
                _shared = bucket;
            }
        }

        return missing > 0 ? Of(allowed: false, TimeSpan.FromSeconds(missing / _options.FallbackRate)) : Of(allowed: true, retryAfter: null);
    }

    // Looking through all of them is only worth while they had time to fill: once a second.
    private bool HasRoom(TimeSpan now)
    {
        if (_buckets.Count < _options.FallbackClientsMax)
        {
            return true;
        }

        if (_forgotAt != TimeSpan.MinValue && now - _forgotAt < Second)
        {
            return false;
        }

        _forgotAt = now;
        foreach (var (key, bucket) in _buckets)
        {
            if (Refill(bucket, now).Tokens >= _options.FallbackBurst)
            {
                _buckets.Remove(key);
            }
        }

        return _buckets.Count < _options.FallbackClientsMax;
    }

    private Bucket Refill(Bucket bucket, TimeSpan now) =>
        new(Math.Min(_options.FallbackBurst, bucket.Tokens + Math.Max(0, (now - bucket.At).TotalSeconds) * _options.FallbackRate), now);

    private static RateLimitDecision Of(bool allowed, TimeSpan? retryAfter) => new(allowed, DecisionSource.Fallback) { RetryAfter = retryAfter, Reason = Reason };

    private readonly record struct Bucket(double Tokens, TimeSpan At);
}
