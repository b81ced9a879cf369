using System.Diagnostics;

namespace Aspire.Hosting.Processes;

/// <summary>One started program: a process group of its own, its output line by line, and no way to outlive AppHost.</summary>
/// <remarks>The program is started by a shell that waits for a word on its standard input. AppHost says it after the watchdog knows the
/// group: dying in between leaves a shell whose input closes, which ends it.</remarks>
internal sealed class ChildProcess : IDisposable
{
    private const string WaitThenRun = "read -r _ && exec \"$@\"";

    // What AppHost's launch profile says to AppHost is not meant for its services; Aspire does not pass it on either.
    private static readonly string[] AppHostsOwn = ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];

    private readonly Process _process;
    private readonly Watchdog _watchdog;
    private readonly ProcessSpec _spec;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    private ChildProcess(Process process, Watchdog watchdog, ProcessSpec spec, Action<string> onLine)
    {
        _process = process;
        _watchdog = watchdog;
        _spec = spec;
        Id = process.Id;
        if (spec.ReadyText is null)
        {
            _ready.TrySetResult();
        }

        Exited = WaitForExitAsync(Pump(process.StandardOutput, onLine), Pump(process.StandardError, onLine));
    }

    /// <summary>The process id, which is its group's too.</summary>
    public int Id { get; }

    /// <summary>The exit code, once the process has ended and all its output is read.</summary>
    public Task<int> Exited { get; }

    /// <summary>Completes with the line that says so, at once where none is expected.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Whether it was asked to end.</summary>
    public bool Stopping => _stopping;

    public static ChildProcess Start(ProcessSpec spec, Watchdog watchdog, Action<string> onLine)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var own in AppHostsOwn)
        {
            start.Environment.Remove(own);
        }

        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in (string[])["sh", "-c", WaitThenRun, "sh", .. ShellForgets(start.Environment), spec.Command, .. spec.Arguments])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        watchdog.Add(process.Id, spec.StopSignal);
        process.StandardInput.WriteLine("go");
        process.StandardInput.Flush();
        return new ChildProcess(process, watchdog, spec, onLine);
    }

    /// <summary>Asks the process to end, and ends it after <paramref name="grace"/>.</summary>
    /// <returns>Whether it ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan grace)
    {
        _stopping = true;
        if (!_process.HasExited)
        {
            Signals.SendToGroup(Id, _spec.StopSignal);
        }

        try
        {
            await Exited.WaitAsync(grace);
            return true;
        }
        catch (TimeoutException)
        {
            Signals.SendToGroup(Id, "KILL");
            await Exited;
            return false;
        }
    }

    public void Dispose() => _process.Dispose();

    // A POSIX shell passes on only variables that it could name itself; one as Logging__LogLevel__Npgsql.Command goes past it.
    private static IEnumerable<string> ShellForgets(IDictionary<string, string?> variables)
    {
        var others = variables.Where(v => !v.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')).Select(v => $"{v.Key}={v.Value}").ToArray();
        return others.Length == 0 ? [] : ["env", .. others];
    }

    private async Task<int> WaitForExitAsync(Task output, Task error)
    {
        await _process.WaitForExitAsync();

        // Children of the process would keep its pipes open.
        Signals.SendToGroup(Id, "KILL");
        _watchdog.Remove(Id);
        await Task.WhenAll(output, error);
        _ready.TrySetException(new DistributedApplicationException($"{_spec.Command} ended before it was ready."));
        _ = _ready.Task.Exception;
        return _process.ExitCode;
    }

    private async Task Pump(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            onLine(line);
            if (_spec.ReadyText is { } text && line.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                _ready.TrySetResult();
            }
        }
    }
}
