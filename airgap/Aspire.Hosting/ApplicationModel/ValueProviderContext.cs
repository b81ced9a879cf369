namespace Aspire.Hosting.ApplicationModel;

/// <summary>Who asks for a value.</summary>
public class ValueProviderContext
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource whose variable or argument is being filled in.</summary>
    public IResource? Caller { get; init; }

    /// <summary>The ports that this very replica of the caller binds; the annotation's own where a port is not listed.</summary>
    internal IReadOnlyDictionary<EndpointAnnotation, int>? ReplicaPorts { get; init; }
}
