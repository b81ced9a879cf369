using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource's processes are gone.</summary>
public class ResourceStoppedEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    /// <inheritdoc/>
    public IResource Resource { get; } = resource;

    /// <summary>AppHost's own services.</summary>
    public IServiceProvider Services { get; } = services;
}
