using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Windows;

/// <summary>What one arm did in one window of one backend. Sums only, so windows can be merged.</summary>
internal sealed class ArmCounts
{
    /// <summary>Decisions.</summary>
    public long Decisions { get; set; }

    /// <summary>Throttled ones among them.</summary>
    public long Denied { get; set; }

    /// <summary>Throttled in hindsight wrongly.</summary>
    public long WronglyThrottled { get; set; }

    /// <summary>Requests admitted beyond the backend's capacity.</summary>
    public double OverAdmitted { get; set; }

    /// <summary>Admitted requests.</summary>
    public long Admitted { get; set; }

    /// <summary>Outcomes of them that are known.</summary>
    public long Reported { get; set; }

    /// <summary>Server errors, time-outs and shed ones among the outcomes.</summary>
    public long Failures { get; set; }

    /// <summary>Predictions outside the envelope.</summary>
    public long Clamped { get; set; }

    /// <summary>Latencies of non-failed outcomes.</summary>
    public LatencyHistogram Latencies { get; init; } = new();

    /// <summary>Probe admissions.</summary>
    public ProbeSums Probes { get; init; } = new();

    /// <summary>R over the labelled rows.</summary>
    public RelativeError Error { get; init; } = new();

    /// <summary>Adds another's counts.</summary>
    public void Add(ArmCounts other)
    {
        Decisions += other.Decisions;
        Denied += other.Denied;
        WronglyThrottled += other.WronglyThrottled;
        OverAdmitted += other.OverAdmitted;
        Admitted += other.Admitted;
        Reported += other.Reported;
        Failures += other.Failures;
        Clamped += other.Clamped;
        Latencies.Add(other.Latencies);
        Probes.Add(other.Probes);
        Error.Add(other.Error);
    }
}
