using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Observability.Tests;

/// <summary>A real Prometheus on the committed configuration and rules with every minute turned into a second.</summary>
internal sealed partial class FastPrometheus : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly HttpClient _client;

    private FastPrometheus(DirectoryInfo folder, Process process, int port)
    {
        _folder = folder;
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts it on one service.</summary>
    public static FastPrometheus Start(string service, string address)
    {
        var folder = Directory.CreateTempSubdirectory("ratelimitsuite-prom-");
        foreach (var file in Directory.GetFiles(Deploy.PathOf("prometheus"), "*.yml").Concat(Deploy.Files("prometheus/rules", "*.yml")))
        {
            var copy = new FileInfo(Path.Combine(folder.FullName, Path.GetRelativePath(Deploy.PathOf("prometheus"), file)));
            copy.Directory!.Create();
            File.WriteAllText(copy.FullName, Hurry(File.ReadAllText(file)));
        }

        folder.CreateSubdirectory("targets");
        File.WriteAllText(Path.Combine(folder.FullName, "targets", "services.yml"), $"- targets: [\"{address}\"]\n  labels: {{ service: {service} }}\n");
        File.WriteAllText(Path.Combine(folder.FullName, "targets", "alertmanager.yml"), "[]\n");
        var port = FreePort.Take();
        var process = Process.Start(new ProcessStartInfo(
            "prometheus",
            [
                $"--config.file={folder.FullName}/prometheus.yml", $"--storage.tsdb.path={folder.FullName}/data",
                string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"),
            ]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        return new FastPrometheus(folder, process, port);
    }

    /// <summary>Asks until the answer is as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> wanted)
    {
        var last = default(JsonElement);
        using var timeout = new CancellationTokenSource(Longest);
        try
        {
            while (true)
            {
                try
                {
                    last = (await _client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), timeout.Token)).GetProperty("data");
                    if (wanted(last))
                    {
                        return last;
                    }
                }
                catch (HttpRequestException error) when (error.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
                {
                    // Not listening yet, or not ready.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), timeout.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{path} did not become as wanted; last: {last}");
        }
    }

    /// <summary>Runs a query once.</summary>
    /// <exception cref="HttpRequestException">It is not one.</exception>
    public Task<JsonElement> QueryAsync(string query) => _client.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Longest);
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    // A minute becomes a second; what is shorter, the pause between scrapes, becomes one too: a busy machine needs that to answer.
    private static string Hurry(string text) => Duration().Replace(text, match =>
    {
        var count = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var minutes = match.Groups[2].Value switch { "s" => 1, "m" => count, "h" => count * 60, _ => count * 7 * 24 * 60 };
        return string.Create(CultureInfo.InvariantCulture, $"{minutes}s");
    });

    [GeneratedRegex(@"(?<=: |\[|offset )(\d+)([smhw])\b")]
    private static partial Regex Duration();
}
