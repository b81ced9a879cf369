namespace RateLimitSuite.Suite.Tests.Running;

/// <summary>Tests that share one running suite, and have the machine to themselves meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunningSuiteCollection : ICollectionFixture<RunningSuite>
{
    public const string Name = "running suite";
}
