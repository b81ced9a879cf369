using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Sends AppHost's own log to the merged one.</summary>
internal sealed class ResourceConsoleLoggerProvider(ResourceConsole console) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new ResourceConsoleLogger(console, ResourceConsole.AppHost);

    public void Dispose()
    {
    }
}
