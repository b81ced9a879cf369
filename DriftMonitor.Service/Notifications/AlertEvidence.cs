namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>What an alert can be held against: the features that drove recent predictions, and requests that show it.</summary>
/// <param name="Features">Top contributing first.</param>
/// <param name="RequestIds">Recent decisions whose prediction was farthest from the ordinary.</param>
internal sealed record AlertEvidence(IReadOnlyList<FeatureContribution> Features, IReadOnlyList<string> RequestIds)
{
    /// <summary>Nothing was explained lately.</summary>
    public static AlertEvidence None { get; } = new([], []);
}
