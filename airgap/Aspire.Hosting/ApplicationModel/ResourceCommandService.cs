using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Starts and stops single resources of a running application.</summary>
public class ResourceCommandService
{
    private readonly Orchestrator _orchestrator;

    internal ResourceCommandService(Orchestrator orchestrator) => _orchestrator = orchestrator;

    /// <summary>Carries out one of <see cref="KnownResourceCommands"/>.</summary>
    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    /// <inheritdoc cref="ExecuteCommandAsync(IResource, string, CancellationToken)"/>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        if (_orchestrator.Find(resourceId) is not { } runner)
        {
            return new() { Success = false, Message = $"There is no resource '{resourceId}' that can be started or stopped." };
        }

        switch (commandName)
        {
            case "start" or "resource-start":
                runner.Start();
                break;
            case "stop" or "resource-stop":
                await runner.StopAsync(cancellationToken);
                break;
            case "restart" or "resource-restart":
                await runner.StopAsync(cancellationToken);
                runner.Start();
                break;
            default:
                return new() { Success = false, Message = $"Command '{commandName}' is not known; start, stop and restart are." };
        }

        return new() { Success = true };
    }
}
