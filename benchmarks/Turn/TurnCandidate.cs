namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>A model that passed the offline gates.</summary>
/// <param name="Version">Its name in this run.</param>
/// <param name="Text">LightGBM text, UTF-8.</param>
internal sealed record TurnCandidate(string Version, byte[] Text);
