using System.Diagnostics;

namespace RateLimitSuite.Limiter.Buckets;

/// <summary>One client's token bucket, refilled continuously up to its capacity.</summary>
/// <remarks>Mutable and not thread-safe: the client's shard is locked around every call. Times are monotonic, as the wall clock can step
/// back. Invariant: a refill never lifts the tokens above the capacity. They are below 0 only while a settled cost is a debt.</remarks>
internal struct TokenBucket(Limit limit, double tokens, TimeSpan now)
{
    // One refill rounds by less than this, so a client that waits exactly RetryAfter is let through.
    private const double SlackTokens = 1e-9;

    private Limit _limit = limit;
    private double _tokens = tokens;
    private TimeSpan _refilledAt = now;

    /// <summary>Tokens at the last refill.</summary>
    public readonly double Tokens => _tokens;

    /// <summary>Capacity and refill rate in force.</summary>
    public readonly Limit Limit => _limit;

    /// <summary>When the bucket was last asked.</summary>
    public readonly TimeSpan RefilledAt => _refilledAt;

    /// <summary>Whether forgetting the bucket would give nobody a token more than it has.</summary>
    public readonly bool IsFullAt(TimeSpan now) =>
        _tokens + Math.Max(0, (now - _refilledAt).TotalSeconds) * _limit.RefillRate >= _limit.Capacity;

    /// <summary>Brings the tokens up to a moment and sets the limit from then on.</summary>
    public void Refill(Limit limit, TimeSpan now)
    {
        if (now > _refilledAt)   // Requests reach the lock out of order.
        {
            // At the old rate: a new one does not change what was already earned.
            var refilled = _tokens + (now - _refilledAt).TotalSeconds * _limit.RefillRate;
            _tokens = Larger(_tokens, Smaller(_limit.Capacity, refilled));
            _refilledAt = now;
        }

        _limit = limit;
    }

    /// <summary>Whether a refilled bucket has so many tokens.</summary>
    public readonly bool Has(double cost) => _tokens + SlackTokens >= cost;

    /// <summary>Takes tokens that the bucket has.</summary>
    public void Take(double cost)
    {
        Debug.Assert(cost >= 0 && Has(cost));
        _tokens = Larger(Smaller(_tokens, 0), _tokens - cost);
    }

    /// <summary>Takes tokens whether the bucket has them or not: what is missing is a debt that refills pay first.</summary>
    public void Charge(double cost) => _tokens -= cost;

    /// <summary>Gives tokens back, up to the capacity.</summary>
    public void Return(double cost) => _tokens = Larger(_tokens, Smaller(_limit.Capacity, _tokens + cost));

    /// <summary>Time until a refilled bucket has so many tokens.</summary>
    public readonly TimeSpan TimeUntil(double cost) => Has(cost) ? TimeSpan.Zero : _limit.TimeToRefill(cost - _tokens);

    // Math's own ask for NaN and the sign of 0 first, which no bucket has: a third of a refill's time.
    private static double Larger(double a, double b) => a > b ? a : b;

    private static double Smaller(double a, double b) => a < b ? a : b;
}
