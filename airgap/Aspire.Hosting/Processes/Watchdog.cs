using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Processes;

/// <summary>A small shell process that ends all children should AppHost be killed: its standard input closes with AppHost.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly Lock _lock = new();
    private Process? _process;

    /// <summary>Puts a process group under watch.</summary>
    /// <param name="group">The group's id, which is the process id of its first member.</param>
    /// <param name="signal">The signal that ends the group in order, without <c>SIG</c>.</param>
    public void Add(int group, string signal) => Tell(string.Create(CultureInfo.InvariantCulture, $"add {group} {signal}"));

    /// <summary>Ends the watch over a group that is gone; its id may be given to others.</summary>
    public void Remove(int group) => Tell(string.Create(CultureInfo.InvariantCulture, $"end {group}"));

    public void Dispose()
    {
        lock (_lock)
        {
            _process?.StandardInput.Close();
            _process?.Dispose();
            _process = null;
        }
    }

    private void Tell(string line)
    {
        lock (_lock)
        {
            _process ??= Start();
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
    }

    // In a process group of its own, so that Ctrl-C in the terminal reaches AppHost alone.
    private static Process Start()
    {
        using var script = new StreamReader(typeof(Watchdog).Assembly.GetManifestResourceStream("watchdog.sh")!);
        return Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", script.ReadToEnd()]) { RedirectStandardInput = true })!;
    }
}
