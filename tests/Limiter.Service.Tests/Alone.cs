namespace RateLimitSuite.Limiter.Tests;

/// <summary>Tests that measure the process's memory: none may run beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
