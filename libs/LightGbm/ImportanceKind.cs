namespace RateLimitSuite.LightGbm;

/// <summary>How a feature's importance in a model is counted.</summary>
public enum ImportanceKind
{
    /// <summary>Splits that use the feature.</summary>
    Splits = 0,

    /// <summary>Total gain of the splits that use the feature.</summary>
    Gain = 1,
}
