using Grpc.Core;

namespace RateLimitSuite.Airgap.GrpcTests;

/// <summary>Tells whether the stand-ins are under test, or the published packages.</summary>
internal static class StandIn
{
    // The published assemblies are signed.
    public static bool IsUsed { get; } = typeof(Metadata).Assembly.GetName().GetPublicKeyToken() is not { Length: > 0 };
}

/// <summary>A test of what the published packages are known to do otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StandInFactAttribute : FactAttribute
{
    public StandInFactAttribute(string published)
    {
        Published = published;
        if (!StandIn.IsUsed)
        {
            Skip = "The published library differs: " + published;
        }
    }

    /// <summary>What the published packages do.</summary>
    public string Published { get; }
}
