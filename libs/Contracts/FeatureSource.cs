namespace RateLimitSuite.Contracts;

/// <summary>Who supplies a feature's value.</summary>
public enum FeatureSource
{
    /// <summary>The Limiter measures it; a caller's value counts only where the policy trusts it.</summary>
    Limiter,

    /// <summary>The caller, else the policy's default.</summary>
    Caller,
}
