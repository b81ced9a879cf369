namespace RateLimitSuite.Dashboard.Live;

/// <summary>What a service last said, and whether it still says something.</summary>
/// <param name="Value">Its last answer; null: none yet.</param>
/// <param name="At">When that came.</param>
/// <param name="Problem">Why there is no newer one, as a sentence; empty: none.</param>
public sealed record Answer<T>(T? Value, DateTimeOffset? At, string Problem) where T : class
{
    /// <summary>Whether the service answers.</summary>
    public bool IsUp => Problem.Length == 0;
}
