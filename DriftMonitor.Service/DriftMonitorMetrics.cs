using System.Diagnostics.Metrics;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor;

/// <summary>What the service measures of itself and of the model.</summary>
internal sealed class DriftMonitorMetrics
{
    private readonly Counter<long> _rows;
    private readonly Counter<long> _alerts;
    private volatile DriftReport? _report;
    private volatile EventTotals _totals = new(0, 0, 0, 0, 0, 0);

    /// <summary>Makes the instruments.</summary>
    public DriftMonitorMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("RateLimitSuite.DriftMonitor");
        _rows = meter.CreateCounter<long>("drift.rows", "{row}", "Rows written to claw_metrics.");
        _alerts = meter.CreateCounter<long>("drift.alerts", "{alert}", "Alerts raised.");
        meter.CreateObservableGauge("drift.relative_error", () => _report?.Error.Value ?? double.NaN, "1", "R of the last detector window.");
        meter.CreateObservableGauge("drift.relative_error_limit", () => _report?.Error.Limit ?? double.NaN, "1", "What R is held against.");
        meter.CreateObservableGauge("drift.violation_rate", () => _report?.Violations.Value ?? double.NaN, "1", "p of the last detector window.");
        meter.CreateObservableGauge("drift.violation_rate_limit", () => _report?.Violations.Limit ?? double.NaN, "1", "What p is held against.");
        meter.CreateObservableGauge("drift.labelled_rows", () => _report?.Error.Count ?? 0, "{row}", "Rows behind R.");
        meter.CreateObservableGauge("drift.judged_decisions", () => _report?.Violations.Count ?? 0, "{decision}", "Decisions behind p.");
        meter.CreateObservableGauge("drift.probe_violation_rate", () => _report is { Probes.Count: > 0 } report ? report.Probes.Value : double.NaN, "1", "p as the probes of the last detector window tell it.");
        meter.CreateObservableGauge("drift.judged_probes", () => _report?.Probes.Count ?? 0, "{probe}", "Reported probes behind it.");
        meter.CreateObservableGauge("drift.label_coverage", () => _report?.Window.Coverage ?? double.NaN, "1", "Share of admissions whose outcome is known.");
        meter.CreateObservableCounter("drift.decisions", () => _totals.Decisions, "{event}", "Decisions taken in.");
        meter.CreateObservableCounter("drift.outcomes", () => _totals.Outcomes, "{event}", "Outcomes joined.");
        meter.CreateObservableCounter("drift.late_events", () => _totals.Late, "{event}", "Events after their window.");
        meter.CreateObservableCounter("drift.duplicate_events", () => _totals.Duplicates, "{event}", "Events that had come before.");
        meter.CreateObservableCounter("drift.unmatched_outcomes", () => _totals.Unmatched, "{event}", "Outcomes whose decision never came.");
        meter.CreateObservableCounter("drift.dropped_events", () => _totals.Dropped, "{event}", "Events beyond a bound, or malformed.");
    }

    /// <summary>Rows were written.</summary>
    public void Wrote(long rows) => _rows.Add(rows);

    /// <summary>An alert was raised.</summary>
    public void Alerted(string name) => _alerts.Add(1, new KeyValuePair<string, object?>("name", name));

    /// <summary>A detector window was judged.</summary>
    public void Observe(DriftReport report) => _report = report;

    /// <summary>The state of the partitions this process has.</summary>
    public void Observe(IReadOnlyCollection<PartitionReader> partitions) => _totals = new(
        partitions.Sum(p => p.Windows.Counts.Decisions),
        partitions.Sum(p => p.Windows.Counts.Outcomes),
        partitions.Sum(p => p.Windows.Counts.Late),
        partitions.Sum(p => p.Windows.Counts.Duplicates),
        partitions.Sum(p => p.Windows.Counts.Unmatched),
        partitions.Sum(p => p.Windows.Counts.Dropped + p.Windows.Counts.Malformed));

    private sealed record EventTotals(long Decisions, long Outcomes, long Late, long Duplicates, long Unmatched, long Dropped);
}
