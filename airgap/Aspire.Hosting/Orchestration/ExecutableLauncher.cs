using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts any program.</summary>
internal sealed class ExecutableLauncher(ExecutableResource resource, DistributedApplicationExecutionContext execution) : IResourceLauncher
{
    public void Check()
    {
        var isPath = resource.Command.Contains(Path.DirectorySeparatorChar);
        if (isPath ? !File.Exists(resource.Command) : PathSearch.Find(resource.Command) is null)
        {
            throw new DistributedApplicationException($"The program of '{resource.Name}', {resource.Command}, is not {(isPath ? "there" : "on PATH")}.");
        }
    }

    public async Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Caller = resource, ExecutionContext = execution, ReplicaPorts = ports };
        return new ProcessSpec
        {
            Command = resource.Command,
            Arguments = await EnvironmentResolver.ResolveArgumentsAsync(resource, execution, context, cancellationToken),
            WorkingDirectory = resource.WorkingDirectory,
            Environment = await EnvironmentResolver.ResolveVariablesAsync(resource, execution, context, cancellationToken),
        };
    }
}
