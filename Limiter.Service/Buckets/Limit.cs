namespace RateLimitSuite.Limiter.Buckets;

/// <summary>What a bucket holds and how fast it fills.</summary>
/// <param name="Capacity">Tokens in a full bucket, the largest burst.</param>
/// <param name="RefillRate">Tokens/s; 0 or more.</param>
internal readonly record struct Limit(double Capacity, double RefillRate)
{
    private const double NanosecondsPerSecond = 1e9;
    private const double LongestWaitSeconds = 365 * 86_400.0;

    /// <summary>Time until so many tokens are refilled, rounded up, so that a client which waits gets in; at most a year.</summary>
    public TimeSpan TimeToRefill(double tokens)
    {
        var seconds = tokens / RefillRate;
        if (!(seconds < LongestWaitSeconds))   // Also where nothing refills.
        {
            return TimeSpan.FromSeconds(LongestWaitSeconds);
        }

        return TimeSpan.FromTicks((long)Math.Ceiling(seconds * NanosecondsPerSecond / TimeSpan.NanosecondsPerTick));
    }
}
