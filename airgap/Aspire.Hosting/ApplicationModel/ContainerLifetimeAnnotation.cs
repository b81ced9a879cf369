namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    /// <summary>Session or persistent.</summary>
    public required ContainerLifetime Lifetime { get; set; }
}
