namespace RateLimitSuite.ServiceDefaults.Tests;

/// <summary>Tests of what nobody in the process may listen to, as listeners find their sources by name in all of its applications.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
