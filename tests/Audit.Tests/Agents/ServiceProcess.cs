using System.Diagnostics;
using System.Globalization;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Audit.Tests.Agents;

/// <summary>A service of the suite as it is built, in a process of its own on ports of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    /// <summary>By which the processes of a test know each other.</summary>
    public const string Key = "a-key-for-tests-only-a-key-for-tests-only";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly List<string> _log = [];

    private ServiceProcess(Process process, int http, int grpc)
    {
        (_process, Http, Grpc) = (process, Local(http), Local(grpc));
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Http { get; }

    public Uri Grpc { get; }

    /// <summary>Starts a service; nothing is waited for.</summary>
    public static ServiceProcess Start(string project, params string[] settings)
    {
        // Beside this test's own output: artifacts/bin/PROJECT/debug.
        var mine = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var folder = Path.Combine(mine.Parent!.Parent!.FullName, project, mine.Name);
        var (http, grpc) = (FreePort.Take(), FreePort.Take());
        string[] arguments =
        [
            Path.Combine(folder, project + ".dll"), $"--Suite:Key={Key}", "--ConnectionStrings:broker=127.0.0.1:2",
            string.Create(CultureInfo.InvariantCulture, $"--HTTP_PORT={http}"), string.Create(CultureInfo.InvariantCulture, $"--GRPC_PORT={grpc}"),
            "--Logging:LogLevel:Default=Warning", "--Loop:Profile=smoke", .. settings,
        ];
        return new(
            Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!, http, grpc);
    }

    /// <summary>Waits until it answers.</summary>
    public async Task AnswersAsync()
    {
        using var client = new HttpClient { BaseAddress = Http };
        using var timeout = new CancellationTokenSource(Longest);
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/alive", UriKind.Relative), timeout.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
            {
                throw new InvalidOperationException($"The service does not answer. It said:\n{Log}", error);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    private static Uri Local(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    private void Keep(string? line)
    {
        lock (_log)
        {
            if (line is not null && _log.Count < 1_000)
            {
                _log.Add(line);
            }
        }
    }
}
