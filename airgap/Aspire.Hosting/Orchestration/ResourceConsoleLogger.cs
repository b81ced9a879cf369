using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>Log lines of AppHost's own code, in the merged log.</summary>
internal sealed class ResourceConsoleLogger(ResourceConsole console, string name) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        var level = logLevel >= LogLevel.Warning ? $"{logLevel}: " : "";
        var text = $"{level}{formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            console.Write(name, line);
        }
    }
}
