namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>Small shell programs as resources: they start in no time.</summary>
internal static class Shell
{
    /// <summary>Runs until it is stopped.</summary>
    public const string Forever = "while :; do sleep 1; done";

    public static IResourceBuilder<ExecutableResource> AddShell(this IDistributedApplicationBuilder builder, string name, string script) =>
        builder.AddExecutable(name, "sh", ".", "-c", script);
}
