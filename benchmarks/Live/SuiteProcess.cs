using System.Diagnostics;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>A program of the suite beside the benchmark, ended with it.</summary>
internal sealed class SuiteProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private SuiteProcess(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>Where it listens: bootstrap servers, or a sign-in link.</summary>
    public string Address { get; }

    public double WorkingSetMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>What it has used of all cores.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The embedded broker.</summary>
    public static async Task<SuiteProcess> StartBrokerAsync()
    {
        const string Ready = "broker ready on ";
        return await StartAsync("Broker", ["--port", "0"], [], line => line.StartsWith(Ready, StringComparison.Ordinal) ? line[Ready.Length..].Trim() : null);
    }

    /// <summary>The dashboard; the services it asks are away, as only explanations are measured.</summary>
    public static async Task<SuiteProcess> StartDashboardAsync(string broker)
    {
        const string SignIn = "Sign in, once, at ";
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["HTTP_PORT"] = "0",
            ["Suite__Key"] = "only-for-this-benchmark-and-no-secret",
            ["Loop__Profile"] = "local",
            ["ConnectionStrings__broker"] = broker,
        };
        foreach (var service in new[] { "limiter", "explainer", "driftmonitor", "trainer" })
        {
            settings[$"services__{service}__grpc__0"] = "http://127.0.0.1:2";
        }

        return await StartAsync("Dashboard.Web", [], settings, line =>
            line.IndexOf(SignIn, StringComparison.Ordinal) is var at and >= 0 ? line[(at + SignIn.Length)..].Trim() : null);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<SuiteProcess> StartAsync(string project, IEnumerable<string> arguments, Dictionary<string, string> settings, Func<string, string?> addressIn)
    {
        var assembly = AssemblyOf(project);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [assembly, .. arguments])
            {
                RedirectStandardInput = true,   // The broker ends with its input.
                RedirectStandardOutput = true,
                WorkingDirectory = Path.GetDirectoryName(assembly)!,
            },
        };
        foreach (var (name, value) in settings)
        {
            process.StartInfo.Environment[name] = value;
        }

        var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is not null && addressIn(line.Data) is { } address)
            {
                found.TrySetResult(address);
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        try
        {
            return new SuiteProcess(process, await found.Task.WaitAsync(Patience));
        }
        catch (TimeoutException)
        {
            process.Kill();
            process.Dispose();
            throw new InvalidOperationException($"{project} did not say within {Patience.TotalSeconds} s where it listens.");
        }
    }

    // Benchmark and service are built side by side: artifacts/bin/NAME/CONFIGURATION.
    private static string AssemblyOf(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = Path.Combine(output.Parent!.Parent!.FullName, project, output.Name);
        return Directory.GetFiles(folder, "*.runtimeconfig.json").Select(f => f.Replace(".runtimeconfig.json", ".dll", StringComparison.Ordinal)).Single();
    }
}
