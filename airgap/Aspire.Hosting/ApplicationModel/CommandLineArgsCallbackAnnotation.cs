namespace Aspire.Hosting.ApplicationModel;

/// <summary>Adds command line arguments.</summary>
public class CommandLineArgsCallbackAnnotation(Func<CommandLineArgsCallbackContext, Task> callback) : IResourceAnnotation
{
    /// <summary>Called once for each start and for the manifest.</summary>
    public Func<CommandLineArgsCallbackContext, Task> Callback { get; } = callback;
}
