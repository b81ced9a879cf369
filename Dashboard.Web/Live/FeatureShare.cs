namespace RateLimitSuite.Dashboard.Live;

/// <summary>A feature's part in recent predictions, tokens/s.</summary>
/// <param name="Name">The feature.</param>
/// <param name="MeanAbsolute">Mean |φ|.</param>
/// <param name="Mean">Mean φ.</param>
public readonly record struct FeatureShare(string Name, double MeanAbsolute, double Mean);
