namespace RateLimitSuite.LightGbm;

/// <summary>How serious one message of LightGBM is.</summary>
public enum LightGbmLogLevel
{
    /// <summary>Details of the algorithm.</summary>
    Debug,

    /// <summary>What is being done.</summary>
    Information,

    /// <summary>Something that was probably not meant.</summary>
    Warning,
}
