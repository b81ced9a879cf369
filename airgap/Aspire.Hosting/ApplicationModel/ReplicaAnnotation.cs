namespace Aspire.Hosting.ApplicationModel;

/// <summary>How many processes of the resource run.</summary>
public sealed class ReplicaAnnotation(int replicas) : IResourceAnnotation
{
    /// <summary>1 or more.</summary>
    public int Replicas { get; } = replicas;
}
