namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a callback fills in when a resource's arguments are made.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args, IResource resource, CancellationToken cancellationToken = default)
{
    /// <summary>The arguments: strings or <see cref="IValueProvider"/>s.</summary>
    public IList<object> Args { get; } = args;

    /// <summary>The resource whose arguments they are.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>Ends with the start.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Run or publish.</summary>
    public required DistributedApplicationExecutionContext ExecutionContext { get; init; }
}
