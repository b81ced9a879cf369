using System.Diagnostics;
using System.Globalization;

namespace RateLimitSuite.TestSupport;

/// <summary>The embedded broker in a process of its own; it ends with its input, so killed tests leave none behind.</summary>
public sealed class BrokerProcess : IAsyncDisposable
{
    private const string ReadyPrefix = "broker ready on ";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private Process? _process;
    private int _port;

    private BrokerProcess()
    {
    }

    /// <summary>Bootstrap servers for clients; the same after a restart.</summary>
    public string Servers => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Starts an empty broker on a free port.</summary>
    public static async Task<BrokerProcess> StartNewAsync()
    {
        var broker = new BrokerProcess();
        await broker.StartAsync();
        return broker;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>: on the same port, and empty.</summary>
    public async Task StartAsync()
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Assembly(), "--port", _port.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.Start();
        var errors = _process.StandardError.ReadToEndAsync();
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(StartTimeout);
        if (line?.StartsWith(ReadyPrefix, StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"The broker did not start: {line}{await errors}");
        }

        _port = int.Parse(line.AsSpan(line.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it; what it held is lost, as that of every broker of this kind.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.StandardInput.Close();
            await process.WaitForExitAsync().WaitAsync(StartTimeout);
            process.Dispose();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    // Test and broker are built side by side: artifacts/bin/NAME/CONFIGURATION.
    private static string Assembly()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(output.Parent!.Parent!.FullName, "Broker", output.Name, "Broker.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The embedded broker is not built; build the project airgap/Broker.", path);
    }
}
