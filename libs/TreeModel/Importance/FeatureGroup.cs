namespace RateLimitSuite.TreeModel;

/// <summary>Features that are shuffled together, as correlated ones must be.</summary>
/// <param name="Name">Name of the group.</param>
/// <param name="Features">Numbers of its features.</param>
public sealed record FeatureGroup(string Name, IReadOnlyList<int> Features);
