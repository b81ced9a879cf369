using System.Globalization;
using RateLimitSuite.Benchmarks.Harness;

namespace RateLimitSuite.Benchmarks.Live;

/// <summary>From an explanation's timestamp to its point on the screen of a real browser, through broker and dashboard.</summary>
/// <remarks>The page shows the newest explanations and is drawn twice a second at most, so a decision is on the screen with the first
/// drawing whose newest row is no older. Its latency is the time between the two; the percentiles are over all decisions of the run, spread
/// evenly between drawings.</remarks>
internal sealed class LiveBenchmark : IBenchmark
{
    private const int Goal = 1_000;
    private static readonly int[] Rates = [2_000, 20_000];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(20);

    public string Name => "live";

    public string Description => "from a decision to the dashboard's screen, at 2,000/s and by aggregation at 20,000/s";

    public void Run(BenchmarkContext context) => RunAsync(context).GetAwaiter().GetResult();

    private static async Task RunAsync(BenchmarkContext context)
    {
        if (!File.Exists(LiveBrowser.Executable))
        {
            context.Note($"{LiveBrowser.Executable} is not there: nothing to draw on.");
            return;
        }

        await using var broker = await SuiteProcess.StartBrokerAsync();
        await using var dashboard = await SuiteProcess.StartDashboardAsync(broker.Address);
        await using var browser = await LiveBrowser.OpenAsync(dashboard.Address);
        foreach (var rate in Rates)
        {
            await MeasureAsync(context, broker.Address, browser, rate);
        }

        var seen = await browser.HeapAsync();
        context.Note(string.Create(CultureInfo.InvariantCulture, $"dashboard {dashboard.WorkingSetMegabytes:N0} MB, page {seen / 1e6:N0} MB of script heap after both runs"));
    }

    private static async Task MeasureAsync(BenchmarkContext context, string broker, LiveBrowser browser, int rate)
    {
        BenchmarkContext.Progress($"{rate:N0} explanations/s for {Measured.TotalSeconds:N0} s");
        using var load = new ExplanationLoad(broker, rate);
        using var stop = new CancellationTokenSource();
        var sending = load.RunAsync(stop.Token);
        await Task.Delay(WarmUp);
        await browser.StartAsync();
        var before = load.Sent;
        await Task.Delay(Measured);
        var drawings = await browser.ReadAsync();
        var sent = load.Sent - before;
        await stop.CancelAsync();
        await sending;

        var pause = await browser.LongestPauseAsync();
        var latency = ScreenLatency.Of(drawings);
        var conditions = string.Create(CultureInfo.InvariantCulture,
            $"p95 of {sent / Measured.TotalSeconds:N0}/s sent; p50 {latency.P50:N0}, p99 {latency.P99:N0}, {drawings.Count / Measured.TotalSeconds:N1} drawings/s, longest script pause {pause:N0} ms");
        context.Add(new BenchmarkRow($"decision to screen at {rate:N0}/s", latency.P95, Goal, "goal", Goal / latency.P95, "ms", conditions) { OursP99 = null });
    }
}
