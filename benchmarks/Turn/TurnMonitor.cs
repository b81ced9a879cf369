using RateLimitSuite.Benchmarks.Loop.Policies;
using RateLimitSuite.Contracts;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Benchmarks.Turn;

/// <summary>Adds row windows up to detector windows and judges them, as the drift monitor does from its tables.</summary>
internal sealed class TurnMonitor(LoopProfile profile)
{
    private readonly List<LabelledWindow> _windows = [];
    private readonly DriftDetector _detector = new(new DriftOptions(), profile.QuietWindows);
    private DateTimeOffset _judgedThrough = VirtualTime.Start;

    /// <summary>Takes in labelled windows.</summary>
    public void Add(IEnumerable<LabelledWindow> windows) => _windows.AddRange(windows);

    /// <summary>Judges the next detector window; null: it is not complete.</summary>
    /// <param name="labelledThrough">Seconds up to which all is labelled.</param>
    /// <param name="validation">What a model measured at its validation.</param>
    public DriftReport? Judge(double labelledThrough, Func<string, ValidationNumbers> validation)
    {
        var end = _judgedThrough + profile.DetectorWindow;
        if (VirtualTime.Start.AddSeconds(labelledThrough) < end)
        {
            return null;
        }

        var window = Sum(_judgedThrough, end);
        _windows.RemoveAll(w => w.Start < end);
        _judgedThrough = end;
        return _detector.Observe(window, validation(window.ModelVersion));
    }

    private DetectorWindow Sum(DateTimeOffset start, DateTimeOffset end)
    {
        var windows = _windows.Where(w => w.Start >= start && w.Start < end).ToList();
        var arms = windows.SelectMany(w => w.Arms).Where(a => a.Key.Arm != ArmKey.Beside).ToList();
        var champion = windows.OrderByDescending(w => w.Start)
            .SelectMany(w => w.Arms.Where(a => a.Key is { Arm: "model", ModelVersion.Length: > 0 }).OrderByDescending(a => a.Value.Decisions))
            .Select(a => a.Key.ModelVersion).FirstOrDefault("");
        var error = new RelativeError();
        foreach (var (key, counts) in arms)
        {
            if (key.ModelVersion == champion && champion.Length > 0)
            {
                error.Add(counts.Error);
            }
        }

        return new(start, end, champion)
        {
            Error = error,
            Decisions = arms.Sum(a => a.Value.Decisions),
            Denied = arms.Sum(a => a.Value.Denied),
            WronglyThrottled = arms.Sum(a => a.Value.WronglyThrottled),
            OverAdmitted = arms.Sum(a => a.Value.OverAdmitted),
            Admitted = arms.Sum(a => a.Value.Admitted),
            Reported = arms.Sum(a => a.Value.Reported),
        };
    }
}
