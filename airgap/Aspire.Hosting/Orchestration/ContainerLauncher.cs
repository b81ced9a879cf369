using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Says that containers need what the stand-in lacks.</summary>
internal sealed class ContainerLauncher(ContainerResource resource) : IResourceLauncher
{
    public void Check() => throw new DistributedApplicationException(
        $"Resource '{resource.Name}' is a container. The Aspire.Hosting stand-in runs none: it needs a container engine and the `full` package profile. Leave it out of run mode, or publish it only.");

    public Task<ProcessSpec> PrepareAsync(IReadOnlyDictionary<EndpointAnnotation, int> ports, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Check refuses containers.");
}
