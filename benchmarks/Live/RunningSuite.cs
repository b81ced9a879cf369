using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>From a decision in the Limiter to its point on the screen, in a suite that runs: Limiter, Explainer, Kafka, dashboard, browser.</summary>
internal static class RunningSuite
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(30);

    /// <summary>Measures at the rate that the suite's traffic has.</summary>
    /// <param name="context">Takes the rows.</param>
    /// <param name="link">A sign-in link of its dashboard.</param>
    /// <param name="viewers">How many pages are open.</param>
    /// <param name="goal">ms.</param>
    public static async Task MeasureAsync(BenchmarkContext context, string link, IEnumerable<int> viewers, double goal)
    {
        await using var browser = await LiveBrowser.OpenAsync(link);
        var open = 1;
        foreach (var pages in viewers)
        {
            await browser.OpenMoreAsync(pages - open);
            open = pages;
            BenchmarkContext.Progress($"{pages} page(s) on {new Uri(link).Authority} for {Measured.TotalSeconds:N0} s");
            await Task.Delay(WarmUp);
            await browser.StartAsync();
            var before = await DashboardScrape.ReadAsync(link);
            await Task.Delay(Measured);
            var drawings = await browser.ReadAsync();
            var after = await DashboardScrape.ReadAsync(link);
            var pause = await browser.LongestPauseAsync();
            var (latency, rate) = (ScreenLatency.Of(drawings), after.ReadSince(before) / Measured.TotalSeconds);
            context.Add(new BenchmarkRow(
                $"decision to screen, whole suite, {pages} viewer{(pages > 1 ? "s" : "")}", latency.P95, goal, "goal", goal / latency.P95, "ms", string.Create(
                    CultureInfo.InvariantCulture,
                    $"p95 of {rate:N0} explanations/s; p50 {latency.P50:N0}, p99 {latency.P99:N0}; read by the dashboard within {after.P95Since(before):0.###} s (p95); {drawings.Count / Measured.TotalSeconds:N1} drawings/s; longest script pause {pause:N0} ms")));
        }
    }
}
