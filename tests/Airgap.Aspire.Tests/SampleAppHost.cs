using System.Diagnostics;
using System.Globalization;

namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>The sample AppHost as a process of its own.</summary>
internal sealed class SampleAppHost : IDisposable
{
    private readonly Process _process;

    private SampleAppHost(Process process) => _process = process;

    public int Id => _process.Id;

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "Airgap.Aspire.SampleAppHost.dll");

    public static SampleAppHost Start(params string[] args) => new(Process.Start(new ProcessStartInfo("dotnet", ["exec", Assembly, .. args])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var host = Start(args);
        var output = host._process.StandardOutput.ReadToEndAsync();
        var error = host._process.StandardError.ReadToEndAsync();
        await host._process.WaitForExitAsync().WaitAsync(RunningApp.Patience);
        return (host._process.ExitCode, await output, await error);
    }

    /// <summary>Reads the log up to a line with <paramref name="text"/>.</summary>
    public async Task ReadUntilAsync(string text)
    {
        using var patience = new CancellationTokenSource(RunningApp.Patience);
        var read = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            read.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"AppHost ended without saying '{text}':\n{string.Join('\n', read)}");
    }

    public void Kill() => _process.Kill();

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(RunningApp.Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
