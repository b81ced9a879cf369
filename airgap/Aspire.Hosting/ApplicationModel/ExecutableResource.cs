namespace Aspire.Hosting.ApplicationModel;

/// <summary>Any program.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>The program: a path, or a name on PATH.</summary>
    public string Command { get; } = command;

    /// <summary>The folder it is started in.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}
