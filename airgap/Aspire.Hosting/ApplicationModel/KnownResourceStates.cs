namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of resources.</summary>
public static class KnownResourceStates
{
    /// <summary>Not asked to start.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>Held back until what it waits for is there.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>On its way.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Its processes run.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>Being stopped.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>Ended, and not by its own success.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>Ended with exit code 0.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>Could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>The states that a resource does not leave by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
