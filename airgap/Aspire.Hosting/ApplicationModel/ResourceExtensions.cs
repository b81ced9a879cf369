using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Questions to a resource.</summary>
public static class ResourceExtensions
{
    /// <summary>The annotation of the type that was added last.</summary>
    public static bool TryGetLastAnnotation<T>(this IResource resource, [NotNullWhen(true)] out T? annotation)
        where T : IResourceAnnotation
    {
        annotation = resource.Annotations.OfType<T>().LastOrDefault();
        return annotation is not null;
    }

    /// <summary>How many processes of the resource run.</summary>
    public static int GetReplicaCount(this IResource resource) =>
        resource.TryGetLastAnnotation<ReplicaAnnotation>(out var replicas) ? replicas.Replicas : 1;

    /// <summary>All endpoints.</summary>
    public static IEnumerable<EndpointReference> GetEndpoints(this IResourceWithEndpoints resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Select(e => new EndpointReference(resource, e.Name));

    /// <summary>The endpoint of that name, which may be added later.</summary>
    public static EndpointReference GetEndpoint(this IResourceWithEndpoints resource, string endpointName) => new(resource, endpointName);

    /// <summary>The variables as the process gets them, or, for a publish, as the manifest has them.</summary>
    public static async ValueTask<Dictionary<string, string>> GetEnvironmentVariableValuesAsync(
        this IResourceWithEnvironment resource, DistributedApplicationOperation applicationOperation = DistributedApplicationOperation.Run)
    {
        var execution = new DistributedApplicationExecutionContext(applicationOperation);
        if (execution.IsRunMode)
        {
            var context = new ValueProviderContext { Caller = resource, ExecutionContext = execution };
            return new(await EnvironmentResolver.ResolveVariablesAsync(resource, execution, context, CancellationToken.None));
        }

        var variables = await EnvironmentResolver.CollectVariablesAsync(resource, execution, CancellationToken.None);
        return variables.ToDictionary(v => v.Key, v => v.Value is IManifestExpressionProvider provider ? provider.ValueExpression : $"{v.Value}");
    }

    internal static IReadOnlyList<EndpointAnnotation> Endpoints(this IResource resource) =>
        [.. resource.Annotations.OfType<EndpointAnnotation>()];

    internal static bool IsContainer(this IResource resource) =>
        resource is ContainerResource and not PostgresServerResource and not KafkaServerResource;
}
