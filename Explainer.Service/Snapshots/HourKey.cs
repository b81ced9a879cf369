namespace RateLimitSuite.Explainer.Snapshots;

/// <summary>What is summed up together: φ of two models, or of two modes, do not mix.</summary>
/// <param name="Hour">Start of the hour, UTC.</param>
/// <param name="ModelVersion">The model that predicted.</param>
/// <param name="Mode">path_dependent or interventional.</param>
internal readonly record struct HourKey(DateTimeOffset Hour, string ModelVersion, string Mode);
