using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts a project's assembly, which AppHost's build has made.</summary>
internal sealed class ProjectLauncher(ProjectResource resource, DistributedApplicationExecutionContext execution) : IResourceLauncher
{
    public void Check()
    {
        if (!File.Exists(AssemblyPath))
        {
            throw new DistributedApplicationException($"The assembly of '{resource.Name}', {AssemblyPath}, is missing. Build AppHost, which builds it.");
        }
    }

    public async Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Caller = resource, ExecutionContext = execution, ReplicaPorts = ports };
        return new ProcessSpec
        {
            Command = DotnetHost.Path,
            Arguments = ["exec", AssemblyPath, .. await EnvironmentResolver.ResolveArgumentsAsync(resource, execution, context, cancellationToken)],
            WorkingDirectory = Path.GetDirectoryName(Project.ProjectPath)!,
            Environment = await EnvironmentResolver.ResolveVariablesAsync(resource, execution, context, cancellationToken),
        };
    }

    private IProjectMetadata Project => resource.Annotations.OfType<IProjectMetadata>().Single();

    private string AssemblyPath => Project is IBuiltProject built
        ? built.AssemblyPath
        : throw new DistributedApplicationException(
            $"Project '{Project.ProjectPath}' of '{resource.Name}' was not built with AppHost; add it to AppHost's project references.");
}
