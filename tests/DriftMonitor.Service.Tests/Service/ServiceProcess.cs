using System.Diagnostics;

namespace RateLimitSuite.DriftMonitor.Tests.Service;

/// <summary>The service as it is deployed, in a process of its own that can be killed.</summary>
internal sealed class ServiceProcess(string[] arguments) : IAsyncDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private Process? _process;

    /// <summary>Starts it; nothing is waited for.</summary>
    public void Start()
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Assembly(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };

        // Read, or it would stop at a full pipe.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Ends it by SIGKILL: it gets no chance to commit or to leave its group.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(EndsWithin);
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    // Test and service are built side by side: artifacts/bin/NAME/CONFIGURATION.
    private static string Assembly()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(output.Parent!.Parent!.FullName, "DriftMonitor.Service", output.Name, "DriftMonitor.Service.dll");
    }
}
