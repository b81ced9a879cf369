using Microsoft.Extensions.Configuration;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Audit.Tables;

/// <summary>The feature schema of the deployment that is looked at: v1, and what <c>Features__Appended__…</c> in the environment appends.</summary>
internal static class DeploymentSchema
{
    public static FeatureSchema Read()
    {
        try
        {
            return new ConfigurationBuilder().AddEnvironmentVariables().Build().GetFeatureSchema();
        }
        catch (ArgumentException fault)
        {
            throw new UsageException(fault.Message);
        }
    }
}
