using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Writes into a resource's part of the merged log.</summary>
public class ResourceLoggerService(IServiceProvider services)
{
    private readonly ResourceConsole _console = (ResourceConsole)services.GetService(typeof(ResourceConsole))!;

    /// <summary>The resource's log.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.Name);

    /// <inheritdoc cref="GetLogger(IResource)"/>
    public ILogger GetLogger(string resourceName) => new ResourceConsoleLogger(_console, resourceName);
}
