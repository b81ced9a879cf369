using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>From an explanation's timestamp to its point on the screen of a real browser, through broker and dashboard.</summary>
/// <remarks>The page shows the newest explanations and is drawn four times a second at most, so a decision is on the screen with the first
/// drawing whose newest row is no older. Its latency is the time between the two; the percentiles are over all decisions of the run, spread
/// evenly between drawings.</remarks>
internal sealed class LiveBenchmark : IBenchmark
{
    private const int Goal = 1_000;
    private const int Viewers = 50;
    private static readonly (int Rate, int Viewers)[] Runs = [(2_000, 1), (20_000, 1), (2_000, Viewers)];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    public string Name => "live";

    public string Description => "from a decision to the dashboard's screen, at 2,000/s, by aggregation at 20,000/s, and with 50 viewers (--scenario SIGN-IN-LINK: of a suite that runs, from its Limiter on)";

    public void Run(BenchmarkContext context) => RunAsync(context).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkContext context)
    {
        if (!File.Exists(LiveBrowser.Executable))
        {
            context.Note($"{LiveBrowser.Executable} is not there: nothing to draw on.");
            return;
        }

        if (context.Options.Scenario is { } link)
        {
            await RunningSuite.MeasureAsync(context, link, [1, Viewers], Goal);
            return;
        }

        await using var broker = await SuiteProcess.StartBrokerAsync();
        await using var dashboard = await SuiteProcess.StartDashboardAsync(broker.Address);
        await using var browser = await LiveBrowser.OpenAsync(dashboard.Address);
        var open = 1;
        foreach (var (rate, viewers) in Runs)
        {
            await browser.OpenMoreAsync(viewers - open);
            open = viewers;
            await MeasureAsync(context, broker.Address, dashboard, browser, (rate, viewers));
        }

        var seen = await browser.HeapAsync();
        context.Note(string.Create(CultureInfo.InvariantCulture, $"dashboard {dashboard.WorkingSetMegabytes:N0} MB, page {seen / 1e6:N0} MB of script heap after all runs"));
    }

    private static async Task MeasureAsync(BenchmarkContext context, string broker, SuiteProcess dashboard, LiveBrowser browser, (int Rate, int Viewers) run)
    {
        BenchmarkContext.Progress($"{run.Rate:N0} explanations/s to {run.Viewers} pages for {Measured.TotalSeconds:N0} s");
        using var load = new ExplanationLoad(broker, run.Rate);
        using var stop = new CancellationTokenSource();
        var sending = load.RunAsync(stop.Token);
        await Task.Delay(WarmUp);
        await browser.StartAsync();
        var (sent, used, scrape) = (load.Sent, dashboard.ProcessorTime, await DashboardScrape.ReadAsync(dashboard.Address));
        await Task.Delay(Measured);
        var drawings = await browser.ReadAsync();
        var rate = (load.Sent - sent) / Measured.TotalSeconds;
        var cores = (dashboard.ProcessorTime - used) / Measured;
        var after = await DashboardScrape.ReadAsync(dashboard.Address);
        await stop.CancelAsync();
        await sending;

        var pause = await browser.LongestPauseAsync();
        var latency = ScreenLatency.Of(drawings);
        var (drawn, skipped) = (after.Drawn - scrape.Drawn, after.Skipped - scrape.Skipped);
        var conditions = string.Create(CultureInfo.InvariantCulture,
            $"p95 of {rate:N0}/s sent; p50 {latency.P50:N0}, p99 {latency.P99:N0}; read by the dashboard within {after.P95Since(scrape):0.###} s (p95); {drawings.Count / Measured.TotalSeconds:N1} drawings/s of the page watched, {drawn:N0} snapshots drawn and {skipped:N0} skipped by all; {cores:0.00} cores; longest script pause {pause:N0} ms");
        var name = string.Create(CultureInfo.InvariantCulture, $"decision to screen at {run.Rate:N0}/s, {run.Viewers} viewer{(run.Viewers > 1 ? "s" : "")}");
        context.Add(new BenchmarkRow(name, latency.P95, Goal, "goal", Goal / latency.P95, "ms", conditions) { OursP99 = null });
    }
}
