using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.AppHost;

/// <summary>Replayed or made-up requests, so that a developer sees the loop at work.</summary>
internal static class TrafficWiring
{
    private const string Section = "Traffic";

    /// <summary>Adds traffic in run mode: started by itself in development unless <c>Traffic:Enabled</c> is false; all else of the section is passed on.</summary>
    public static void AddTraffic(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource> key,
        IResourceBuilder<ProjectResource> limiter, IResourceBuilder<ProjectResource> dashboard)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        var traffic = builder.AddService<Projects.Traffic>("traffic", key)
            .Calls(limiter)
            .WithSection(Section)
            .WaitFor(dashboard);   // The first requests are worth watching.
        if (!builder.Configuration.GetValue($"{Section}:Enabled", builder.Environment.IsDevelopment()))
        {
            traffic.WithExplicitStart();
        }
    }
}
