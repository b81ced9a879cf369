namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>One side of a comparison.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="Run">Makes its call as many times as it is told.</param>
internal sealed record Contender(string Name, Action<int> Run)
{
    /// <summary>How many operations one call does, as rows of a batch; times are told per operation.</summary>
    public int OperationsPerCall { get; init; } = 1;

    /// <summary>Calls that a sample has at least: so many that it measures how the contender goes on, not how fast it wins a cache back from the other.</summary>
    public int LeastCalls { get; init; } = 1;
}
