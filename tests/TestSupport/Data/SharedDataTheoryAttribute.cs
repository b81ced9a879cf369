using Xunit;

namespace RateLimitSuite.TestSupport;

/// <summary>A theory over data beside the repository; skipped, naming the data, where that is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedDataTheoryAttribute : TheoryAttribute
{
    /// <summary>Needs a folder or file.</summary>
    /// <param name="relative">Path below <c>shared/data</c>, with <c>/</c>.</param>
    public SharedDataTheoryAttribute(string relative)
    {
        Relative = relative;
        if (!SharedData.Has(relative))
        {
            Skip = $"shared/data/{relative} is not beside the repository.";
        }
    }

    /// <summary>What the test needs.</summary>
    public string Relative { get; }
}
