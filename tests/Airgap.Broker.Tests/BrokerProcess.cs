using System.Diagnostics;

namespace RateLimitSuite.Airgap.Broker.Tests;

/// <summary>The broker as the AppHost runs it: a process of its own.</summary>
public sealed class BrokerProcess : IDisposable
{
    private const string ReadyPrefix = "broker ready on ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private BrokerProcess(Process process, string bootstrap)
    {
        _process = process;
        Bootstrap = bootstrap;
    }

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Broker.dll");

    public string Bootstrap { get; }

    public int Port => int.Parse(Bootstrap.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    public static async Task<BrokerProcess> StartAsync(int port = 0, string file = "dotnet", params string[] arguments)
    {
        var process = Launch(file, arguments.Length > 0 ? arguments : [Program, "--port", $"{port}"]);
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line?.StartsWith(ReadyPrefix, StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"The broker said '{line}' and '{await process.StandardError.ReadToEndAsync()}'.");
        }

        return new BrokerProcess(process, line[ReadyPrefix.Length..]);
    }

    /// <summary>Runs the broker to its end.</summary>
    public static async Task<(int ExitCode, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Launch("dotnet", [Program, .. arguments]);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (process.ExitCode, error);
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits until no process holds the output any more: neither the one started nor what it has started.</summary>
    public async Task WaitForEndOfOutputAsync() => await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static Process Launch(string file, IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(file, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
