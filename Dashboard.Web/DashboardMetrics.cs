using System.Diagnostics.Metrics;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard;

/// <summary>How current the pages are, and what that costs.</summary>
internal sealed class DashboardMetrics : IDisposable
{
    /// <summary>The meter.</summary>
    public const string MeterName = "RateLimitSuite.Dashboard";

    private readonly Meter _meter;
    private readonly Histogram<double> _delay;
    private readonly Counter<long> _snapshots;

    public DashboardMetrics(IMeterFactory meters, SuiteState state)
    {
        _meter = meters.Create(MeterName);
        _delay = _meter.CreateHistogram<double>("dashboard.explanation_delay", "s", "Time from a decision to the reading of its explanation.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _snapshots = _meter.CreateCounter<long>("dashboard.snapshots", "{snapshot}", "Snapshots offered to open pages: drawn, or skipped by a page that had not finished the one before.");
        _meter.CreateObservableGauge("dashboard.viewers", () => state.Viewers, "{page}", "Open pages that are drawn live.");
    }

    public void Read(TimeSpan delay) => _delay.Record(delay.TotalSeconds);

    public void Offered(bool isDrawn) => _snapshots.Add(1, new KeyValuePair<string, object?>("result", isDrawn ? "drawn" : "skipped"));

    public void Dispose() => _meter.Dispose();
}
