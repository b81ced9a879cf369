namespace RateLimitSuite.Dashboard.Overview;

/// <summary>How the suite is, at one word.</summary>
public enum HealthLevel
{
    /// <summary>Nothing to do.</summary>
    Healthy,

    /// <summary>Too little is known to say.</summary>
    Unknown,

    /// <summary>Decisions go on; someone should look.</summary>
    Warning,

    /// <summary>Decisions are not made, or not as they should be.</summary>
    Unhealthy,
}
