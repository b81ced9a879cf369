namespace RateLimitSuite.Limiter.Policies;

/// <summary>What a decision is where none can be made, as when a shared bucket's lease has run out.</summary>
internal enum FailMode
{
    /// <summary>The request goes on.</summary>
    Open,

    /// <summary>The request is throttled.</summary>
    Closed,
}
