namespace RateLimitSuite.Client;

/// <summary>What decides while the Limiter cannot: it is away, too slow, or its circuit is open.</summary>
public enum FallbackMode
{
    /// <summary>A token bucket of this process for each client, at a fixed rate.</summary>
    LocalBucket,

    /// <summary>Every request goes on: availability before protection.</summary>
    Open,

    /// <summary>No request goes on: protection before availability.</summary>
    Closed,
}
