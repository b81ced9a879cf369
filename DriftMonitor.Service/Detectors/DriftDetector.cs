using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Detectors;

/// <summary>Judges detector windows in order of time. Its state is what it has seen: replaying the stored windows restores it.</summary>
internal sealed class DriftDetector(DriftOptions options, int quietWindows)
{
    private const int StarvedAfter = 3;

    private readonly Queue<DetectorWindow> _recent = [];
    private readonly ControlCharts _charts = new(options.ChartsRetrain);
    private Hysteresis _error = new(options.LeaveShare);
    private Hysteresis _violations = new(options.LeaveShare);
    private Hysteresis _disagreement = new(options.LeaveShare);
    private bool _doubted;
    private string _modelVersion = "";
    private int _quiet;
    private int _starved;

    /// <summary>Whether coverage was under its least three times in a row, the last time just now.</summary>
    public bool LabelsStarved => _starved == StarvedAfter;

    /// <summary>Whether labels and probes began just now to tell violation rates that differ more than twofold: the labels are not to be trusted.</summary>
    public bool LabelsDoubted { get; private set; }

    /// <summary>Judges the next window.</summary>
    /// <param name="window">Later than all before.</param>
    /// <param name="validation">What its model measured at validation.</param>
    /// <param name="others">What detectors beside R and p say, which look at more than windows.</param>
    public DriftReport Observe(DetectorWindow window, ValidationNumbers validation, IReadOnlyList<DetectorReading>? others = null)
    {
        StartAfreshOnPromotion(window);
        _starved = window.Coverage < options.LeastCoverage ? _starved + 1 : 0;
        var judged = options.Mode == DriftOptions.Threshold ? Recent(window) : window;
        var error = Measure.OfError(judged, Limit(options.MaeThreshold, validation.Error));
        var violations = Measure.OfViolations(judged, Limit(options.ViolationThreshold, validation.ViolationRate));
        var probes = ProbeEstimate.Of(judged, violations.Limit);
        var speak = ProbeEstimate.IsReady(judged);
        var charts = _charts.Read(window.Start, window.Error.Value, validation.Error);
        var doubt = Doubt(violations, probes, speak);
        List<DetectorReading> readings = _starved > 0 ? [] : [.. Read(error, violations, speak ? probes : null), doubt, .. charts, .. others ?? []];
        var report = new DriftReport(window, Verdict(window, error, violations, readings), error, violations, probes, validation, readings, _quiet);
        _quiet = Math.Max(0, _quiet - 1);
        return report;
    }

    // A new model's errors are not the old one's: nothing of the past is held against it.
    private void StartAfreshOnPromotion(DetectorWindow window)
    {
        if (window.ModelVersion == _modelVersion)
        {
            return;
        }

        _modelVersion = window.ModelVersion;
        _error = new(options.LeaveShare);
        _violations = new(options.LeaveShare);
        _disagreement = new(options.LeaveShare);
        _doubted = false;
        _charts.Reset();
        _recent.Clear();
        _quiet = quietWindows;
    }

    private double Limit(double threshold, double atValidation) =>
        options.Mode == DriftOptions.Threshold ? threshold : Math.Max(threshold, options.ValidationFactor * atValidation);

    // Whether the two estimates of p agree says nothing of the model, so it only warns.
    private DetectorReading Doubt(in Measure violations, in Measure probes, bool ready)
    {
        var times = ProbeEstimate.Disagreement(violations, probes, options.ProbeDisagreement);
        if (ready && violations.Count >= options.LeastDecisions)
        {
            _disagreement.Observe(times, 0);
        }

        LabelsDoubted = _disagreement.Firing && !_doubted;
        _doubted = _disagreement.Firing;
        return new(
            "probes", ready ? times.Value : 0, times.Limit, _disagreement.Firing, ready, false,
            ready ? FormattableString.Invariant($"p {probes.Value:0.####} by {probes.Count} probes, {violations.Value:0.####} by labels") : "");
    }

    private List<DetectorReading> Read(in Measure error, in Measure violations, Measure? probes)
    {
        var errorReady = error.Count >= options.LeastRows;
        var violationsReady = violations.Count >= options.LeastDecisions;
        if (options.Mode == DriftOptions.Threshold)
        {
            return
            [
                new("mae", error.Value, error.Limit, error.Value > error.Limit, error.Count > 0, true),
                new("violation", violations.Value, violations.Limit, violations.Value > violations.Limit, violations.Count > 0, true),
            ];
        }

        _error.Observe(error, options.LeastRows);
        var sure = probes is { } second ? violations with { Value = Math.Min(violations.Value, second.Value), Lower = Math.Min(violations.Lower, second.Lower) } : violations;
        _violations.Observe(sure, options.LeastDecisions);
        return
        [
            new("mae", error.Value, error.Limit, _error.Firing, errorReady, true, $"lower bound {error.Lower:0.####}"),
            new("violation", violations.Value, violations.Limit, _violations.Firing, violationsReady, true, $"lower bound {sure.Lower:0.####}"),
        ];
    }

    private Verdict Verdict(DetectorWindow window, in Measure error, in Measure violations, List<DetectorReading> readings)
    {
        if (_starved > 0 || (error.Count < options.LeastRows && violations.Count < options.LeastDecisions) || window.Decisions == 0)
        {
            return Contracts.V1.Verdict.Unknown;
        }

        if (readings.Any(r => r is { Firing: true, Retrains: true }))
        {
            return Contracts.V1.Verdict.Drift;
        }

        return readings.Any(r => r.Firing) || _error.Warning || _violations.Warning ? Contracts.V1.Verdict.Warning : Contracts.V1.Verdict.Healthy;
    }

    // The windows of the last hour (or as configured) added up, this one included.
    private DetectorWindow Recent(DetectorWindow window)
    {
        _recent.Enqueue(window);
        while (_recent.Peek().End <= window.End - options.Window)
        {
            _recent.Dequeue();
        }

        var error = new RelativeError();
        var probes = new ProbeSums();
        foreach (var one in _recent)
        {
            error.Add(one.Error);
            probes.Add(one.Probes);
        }

        return new(_recent.Peek().Start, window.End, window.ModelVersion)
        {
            Error = error,
            Probes = probes,
            Headroom = _recent.Sum(w => w.Headroom),
            Decisions = _recent.Sum(w => w.Decisions),
            WronglyThrottled = _recent.Sum(w => w.WronglyThrottled),
        };
    }
}
