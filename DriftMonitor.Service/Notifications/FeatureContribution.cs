namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>What one feature did to recent predictions.</summary>
/// <param name="Feature">Its name.</param>
/// <param name="MeanAbs">Mean |φ|, tokens/s.</param>
/// <param name="Mean">Mean φ, tokens/s: below 0, it took rate away.</param>
internal sealed record FeatureContribution(string Feature, double MeanAbs, double Mean);
