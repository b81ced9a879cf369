namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image of a container.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>The registry's host; null: the engine's default.</summary>
    public string? Registry { get; set; }

    /// <summary>The image's name.</summary>
    public required string Image { get; set; }

    /// <summary>The image's tag.</summary>
    public string? Tag { get; set; }

    /// <summary><c>registry/image:tag</c>.</summary>
    public override string ToString() => $"{(Registry is null ? "" : Registry + "/")}{Image}:{Tag ?? "latest"}";
}
