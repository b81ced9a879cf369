using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using RateLimitSuite.TestSupport;

namespace RateLimitSuite.Airgap.Telemetry.Tests;

/// <summary>What Prometheus itself says of our text.</summary>
public sealed class RealPrometheusTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [PrometheusFact("promtool")]
    public async Task Scrape_OfEveryKind_IsCleanForPromtool()
    {
        await using var target = await StartTargetAsync();
        using var promtool = Start("promtool", "check", "metrics");

        await promtool.StandardInput.WriteAsync(await target.ScrapeAsync());
        promtool.StandardInput.Close();

        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync().WaitAsync(Longest);
        Assert.Equal("", said);
        Assert.Equal(0, promtool.ExitCode);
    }

    [PrometheusFact("prometheus")]
    public async Task Scrape_ByARealPrometheus_CanBeQueried()
    {
        await using var target = await StartTargetAsync();
        var folder = Directory.CreateTempSubdirectory("ratelimitsuite-prom-");
        var port = FreePort.Take();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: suite
                static_configs: [ { targets: [ "{{target.Client.BaseAddress!.Authority}}" ] } ]
            """);
        using var prometheus = Start(
            "prometheus",
            $"--config.file={folder.FullName}/prometheus.yml",
            $"--storage.tsdb.path={folder.FullName}/data",
            $"--web.listen-address=127.0.0.1:{port}",
            "--enable-feature=exemplar-storage");
        try
        {
            prometheus.OutputDataReceived += (_, _) => { };
            prometheus.ErrorDataReceived += (_, _) => { };
            prometheus.BeginOutputReadLine();
            prometheus.BeginErrorReadLine();
            using var client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")) };

            // It asks for OpenMetrics, so all of that format is read here.
            Assert.Equal(7, await QueryAsync(client, "limiter_decisions_total{allowed=\"true\"}"));
            Assert.Equal(1, await QueryAsync(client, "up"));
            Assert.Equal(0.75, await QueryAsync(client, "histogram_quantile(0.5, shap_magnitude_bucket)"));   // half-way into (0.5, 1]
            Assert.Equal(-1.5, await QueryAsync(client, "shap_feature_value{feature=\"avg_latency\"}"));
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync().WaitAsync(Longest);
            folder.Delete(recursive: true);
        }
    }

    private static async Task<ScrapeTarget> StartTargetAsync()
    {
        var target = await ScrapeTarget.StartAsync();
        target.Meter.CreateCounter<long>("limiter.decisions", "{decision}", "Decisions made.").Add(7, new KeyValuePair<string, object?>("allowed", true));
        target.Meter.CreateGauge<double>("shap.feature.value", null, "Mean SHAP value of the last 60 s.").Record(-1.5, new KeyValuePair<string, object?>("feature", "avg_latency"));
        var magnitude = target.Meter.CreateHistogram(
            "shap.magnitude", null, "Sum of absolute SHAP values.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        magnitude.Record(0.6);
        magnitude.Record(0.7);
        return target;
    }

    // Prometheus needs a moment to start and a second to scrape; it is asked until it knows, and no longer than the test may last.
    private static async Task<double> QueryAsync(HttpClient client, string query)
    {
        using var timeout = new CancellationTokenSource(Longest);
        while (true)
        {
            try
            {
                var answer = await client.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(query)}", timeout.Token);
                if (answer.GetProperty("data").GetProperty("result") is { } result && result.GetArrayLength() == 1)
                {
                    return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), timeout.Token);
        }
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
