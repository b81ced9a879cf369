namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a resource relates to another, for those who look.</summary>
public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    /// <summary>The other resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary><c>Parent</c>, <c>Reference</c>.</summary>
    public string Type { get; } = type;
}
