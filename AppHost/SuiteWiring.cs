using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.AppHost;

/// <summary>What every service of the suite has in common.</summary>
internal static class SuiteWiring
{
    // In a container each service has its own address, so all may listen on the same ports.
    private const int HttpTargetPort = 8080;
    private const int GrpcTargetPort = 8081;

    private const string DataPlaneKey = "Suite__DataPlaneKey";

    /// <summary>Adds a service: its HTTP/1.1 port, its health, the key by which services know each other, the loop's profile.</summary>
    /// <param name="builder">The suite.</param>
    /// <param name="name">The name by which others find it.</param>
    /// <param name="key">Signs the tokens between services.</param>
    /// <param name="httpPort">A fixed port on this machine; null: any free one.</param>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, IResourceBuilder<ParameterResource> key, int? httpPort = null)
        where TProject : IProjectMetadata, new()
    {
        // Ports are bound in code, from these variables: a launch profile or Kestrel section would add endpoints to the manifest.
        var service = builder.AddProject<TProject>(name, options =>
            {
                options.ExcludeLaunchProfile = true;
                options.ExcludeKestrelEndpoints = true;
            })
            .WithHttpEndpoint(port: httpPort, targetPort: builder.TargetPort(HttpTargetPort), name: "http", env: "HTTP_PORT")
            .WithHttpHealthCheck("/health", endpointName: "http")

            // Other reference variables repeat the password outside the connection string, where deployments do not expect a secret.
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
            .WithEnvironment("Suite__Key", key)
            .WithEnvironment("Loop__Profile", builder.LoopProfile())
            .WithSection("Features");   // What features there are is the same everywhere, or models and rows do not fit each other.
        return builder.ExecutionContext.IsRunMode
            ? service.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName).WithQuietLibraries()
            : service.WithEnvironment("Suite__BindAddress", "0.0.0.0");
    }

    /// <summary>Adds the HTTP/2 port; without TLS one port cannot speak both.</summary>
    public static IResourceBuilder<ProjectResource> WithGrpc(this IResourceBuilder<ProjectResource> service, int? port = null) => service
        .WithHttpEndpoint(port: port, targetPort: service.ApplicationBuilder.TargetPort(GrpcTargetPort), name: "grpc", env: "GRPC_PORT")
        .WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");

    /// <summary>Gives the service connection strings, and holds it back until what is behind them is up.</summary>
    public static IResourceBuilder<ProjectResource> Uses(
        this IResourceBuilder<ProjectResource> service, params ReadOnlySpan<IResourceBuilder<IResourceWithConnectionString>> stores)
    {
        foreach (var store in stores)
        {
            service.WithReference(store);
            if (!IsExternal(store))
            {
                service.WaitFor(store);
            }
        }

        return service;
    }

    /// <summary>Lets the service find others by name, and starts it after them.</summary>
    public static IResourceBuilder<ProjectResource> Calls(
        this IResourceBuilder<ProjectResource> service, params ReadOnlySpan<IResourceBuilder<ProjectResource>> others)
    {
        foreach (var other in others)
        {
            service.WithReference(other).WaitFor(other);
        }

        return service;
    }

    /// <summary>Adds a secret that is made up once and kept.</summary>
    public static IResourceBuilder<ParameterResource> AddGeneratedSecret(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = 44, Special = false }, secret: true, persist: true);

    /// <summary>PostgreSQL with the suite's database; with <c>ConnectionStrings:suite</c> set, that one instead.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddSuiteDatabase(this IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetConnectionString("suite") is not null
            ? builder.AddConnectionString("suite")
            // A fixed password, as the data outlives the run and keeps the first one.
            : builder.AddPostgres("postgres", password: builder.AddGeneratedSecret("postgres-password"))
                .WithDataVolume($"{builder.DataName()}-postgres")
                .AddDatabase("suite");

    /// <summary>Kafka; with <c>ConnectionStrings:broker</c> set, that one instead.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddSuiteBroker(this IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetConnectionString("broker") is not null
            ? builder.AddConnectionString("broker")
            : builder.AddKafka("broker").WithDataVolume($"{builder.DataName()}-broker");

    /// <summary>In a cluster strangers can reach the data plane, so gateways need a key.</summary>
    public static IResourceBuilder<ProjectResource> WithDataPlaneKey(this IResourceBuilder<ProjectResource> limiter) =>
        limiter.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? limiter.WithEnvironment(DataPlaneKey, limiter.ApplicationBuilder.AddGeneratedSecret("data-plane-key"))
            : limiter;

    /// <summary>Hands a setting of this configuration on to the service; where it is unset, the service's own default holds.</summary>
    public static IResourceBuilder<ProjectResource> WithSetting(this IResourceBuilder<ProjectResource> service, string key) =>
        service.ApplicationBuilder.ExecutionContext.IsRunMode && service.ApplicationBuilder.Configuration[key] is { Length: > 0 } value
            ? service.WithEnvironment(key.Replace(":", "__", StringComparison.Ordinal), value)
            : service;

    /// <summary>Hands a whole section of this configuration on to the service.</summary>
    public static IResourceBuilder<ProjectResource> WithSection(this IResourceBuilder<ProjectResource> service, string section)
    {
        foreach (var (name, value) in service.ApplicationBuilder.Configuration.GetSection(section).AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
            {
                service.WithEnvironment($"{section}__{name.Replace(":", "__", StringComparison.Ordinal)}", value);
            }
        }

        return service;
    }

    /// <summary>Hands sections on where the suite runs here; in a cluster they are the deployment's, as they may hold secrets.</summary>
    public static IResourceBuilder<ProjectResource> WithLocalSections(this IResourceBuilder<ProjectResource> service, params ReadOnlySpan<string> sections)
    {
        foreach (var section in service.ApplicationBuilder.ExecutionContext.IsRunMode ? sections : [])
        {
            service.WithSection(section);
        }

        return service;
    }

    /// <summary>A fixed port of this machine, from configuration; none where the suite is published.</summary>
    public static int? Port(this IDistributedApplicationBuilder builder, string key, int otherwise) =>
        builder.ExecutionContext.IsRunMode ? builder.Configuration.GetValue(key, otherwise) : null;

    /// <summary>How volumes' names begin.</summary>
    /// <remarks>Volumes outlive a run and keep their first password: whoever brings another password brings another name, as the smoke run does.</remarks>
    public static string DataName(this IDistributedApplicationBuilder builder) => builder.Configuration["Data:Name"] ?? "ratelimitsuite";

    // All services' logs run together on one screen, where each statement and each health check would bury what they have to say.
    private static IResourceBuilder<ProjectResource> WithQuietLibraries(this IResourceBuilder<ProjectResource> service) => service
        .WithEnvironment("Logging__LogLevel__Npgsql", "Warning")
        .WithEnvironment("Logging__LogLevel__Microsoft.AspNetCore", "Warning");

    private static int? TargetPort(this IDistributedApplicationBuilder builder, int port) => builder.ExecutionContext.IsPublishMode ? port : null;

    private static string LoopProfile(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsPublishMode ? "production" : builder.Configuration["Loop:Profile"] ?? "local";

    private static bool IsExternal(IResourceBuilder<IResourceWithConnectionString> store) => store.Resource is ParameterResource;
}
