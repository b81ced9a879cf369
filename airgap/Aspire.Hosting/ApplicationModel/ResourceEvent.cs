namespace Aspire.Hosting.ApplicationModel;

/// <summary>A change of state.</summary>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The process: the resource's name, with a number where there are replicas.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>Its new state.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}
