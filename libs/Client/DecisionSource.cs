namespace RateLimitSuite.Client;

/// <summary>Who decided.</summary>
public enum DecisionSource
{
    /// <summary>The Limiter.</summary>
    Limiter,

    /// <summary>This process, as the Limiter could not be asked.</summary>
    Fallback,
}
