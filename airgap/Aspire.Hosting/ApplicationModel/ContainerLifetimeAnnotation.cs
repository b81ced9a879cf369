namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    /// <summary>With the application, or beyond it.</summary>
    public required ContainerLifetime Lifetime { get; set; }
}
