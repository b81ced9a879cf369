using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Chooses the variables that later references add. Call it before <c>WithReference</c>.</summary>
    public static IResourceBuilder<T> WithReferenceEnvironment<T>(this IResourceBuilder<T> builder, ReferenceEnvironmentInjectionFlags flags)
        where T : IResourceWithEnvironment =>
        builder.WithAnnotation(new ReferenceEnvironmentInjectionAnnotation(flags), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Gives the resource another's connection string.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where T : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        var flags = FlagsOf(builder.Resource);
        builder.WithRelationship(resource, "Reference");
        return builder.WithEnvironment(context =>
        {
            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionString))
            {
                var variable = resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
                context.EnvironmentVariables[variable] = new ConnectionStringReference(resource, optional);
            }

            if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ConnectionProperties))
            {
                foreach (var (property, value) in resource.GetConnectionProperties())
                {
                    context.EnvironmentVariables[$"{ResourceName.ToVariable(name)}_{property}".ToUpperInvariant()] = value;
                }
            }
        });
    }

    /// <summary>Lets the resource find another one by its name.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where T : IResourceWithEnvironment => builder.WithReference(source, source.Resource.Name);

    /// <summary>Lets the resource find another one by <paramref name="name"/>.</summary>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where T : IResourceWithEnvironment => builder.Refer(source.Resource, name, _ => true);

    /// <summary>Lets the resource find one endpoint of another one.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, EndpointReference endpointReference)
        where T : IResourceWithEnvironment =>
        builder.Refer(endpointReference.Resource, endpointReference.Resource.Name, e => e.EndpointName == endpointReference.EndpointName);

    /// <summary>Lets the resource find an address outside the application by name.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, string name, Uri uri)
        where T : IResourceWithEnvironment => builder.WithEnvironment($"services__{name}__default__0", uri.ToString());

    private static IResourceBuilder<T> Refer<T>(
        this IResourceBuilder<T> builder, IResourceWithEndpoints target, string name, Func<EndpointReference, bool> included)
        where T : IResourceWithEnvironment
    {
        builder.WithRelationship(target, "Reference");
        return builder.WithEnvironment(context =>
        {
            var flags = FlagsOf(context.Resource);
            foreach (var endpoint in target.GetEndpoints().Where(included))
            {
                if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.Endpoints))
                {
                    var variable = $"{ResourceName.ToVariable(name)}_{ResourceName.ToVariable(endpoint.EndpointName)}";
                    context.EnvironmentVariables[variable.ToUpperInvariant()] = endpoint;
                }

                if (flags.HasFlag(ReferenceEnvironmentInjectionFlags.ServiceDiscovery))
                {
                    var key = endpoint.IsHttpSchemeNamedEndpoint ? endpoint.Scheme : endpoint.EndpointName;
                    context.EnvironmentVariables[FreeVariable(context.EnvironmentVariables, $"services__{name}__{key}__")] = endpoint;
                }
            }
        });
    }

    private static string FreeVariable(Dictionary<string, object> variables, string prefix)
    {
        var index = 0;
        while (variables.ContainsKey($"{prefix}{index}"))
        {
            index++;
        }

        return $"{prefix}{index}";
    }

    private static ReferenceEnvironmentInjectionFlags FlagsOf(IResource resource) =>
        resource.TryGetLastAnnotation<ReferenceEnvironmentInjectionAnnotation>(out var annotation)
            ? annotation.Flags
            : ReferenceEnvironmentInjectionFlags.All;
}
