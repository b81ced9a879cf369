namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="Run">Does its operation as many times as it is told.</param>
internal sealed record Contender(string Name, Action<int> Run);
