namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource starts only after another one.</summary>
public sealed class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    /// <summary>The resource waited for.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>What it must have reached.</summary>
    public WaitType WaitType { get; } = waitType;

    /// <summary>The exit code expected of a completion.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>What to do when it has ended for good; null: the application's default.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}
