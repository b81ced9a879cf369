using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>One row of <c>drift_windows</c>.</summary>
internal readonly record struct ArmWindow(LabelledWindow Window, ArmKey Key, ArmCounts Counts)
{
    /// <summary>Its columns.</summary>
    public static IReadOnlyList<MetricColumn<ArmWindow>> Columns { get; } =
    [
        Of("window_start", "timestamptz", row => row.Window.Start),
        Of("window_end", "timestamptz", row => row.Window.End),
        Of("backend", "text", row => row.Window.Backend),
        Of("arm", "text", row => row.Key.Arm),
        Of("model_version", "text", row => row.Key.ModelVersion),
        Of("decisions", "bigint", row => row.Counts.Decisions),
        Of("denied", "bigint", row => row.Counts.Denied),
        Of("wrongly_throttled", "bigint", row => row.Counts.WronglyThrottled),
        Of("over_admitted", "double precision", row => row.Counts.OverAdmitted),
        Of("admitted", "bigint", row => row.Counts.Admitted),
        Of("reported", "bigint", row => row.Counts.Reported),
        Of("failures", "bigint", row => row.Counts.Failures),
        Of("clamped", "bigint", row => row.Counts.Clamped),
        Of("error_count", "bigint", row => row.Counts.Error.Sums.Count),
        Of("error_sum", "double precision", row => row.Counts.Error.Sums.Error),
        Of("scale_sum", "double precision", row => row.Counts.Error.Sums.Scale),
        Of("error_squared", "double precision", row => row.Counts.Error.Sums.ErrorSquared),
        Of("error_times_scale", "double precision", row => row.Counts.Error.Sums.ErrorTimesScale),
        Of("scale_squared", "double precision", row => row.Counts.Error.Sums.ScaleSquared),
        // unnest would flatten an array of arrays, so the counts travel as text.
        MetricColumn<ArmWindow>.Of("latencies", "text", row => $"{{{string.Join(',', row.Counts.Latencies.Counts)}}}", "latencies::integer[]"),
        Of("capacity_lower", "double precision", row => row.Window.Capacity.Lower),
        Of("capacity_upper", "double precision", row => row.Window.Capacity.Upper),
        Of("congested", "boolean", row => row.Window.Congested),
        Of("probes_reported", "bigint", row => row.Counts.Probes.Reported),
        Of("probe_weight", "double precision", row => row.Counts.Probes.Weight),
        Of("probe_reported_weight", "double precision", row => row.Counts.Probes.ReportedWeight),
        Of("probe_reported_squares", "double precision", row => row.Counts.Probes.ReportedSquares),
        Of("probe_ok_weight", "double precision", row => row.Counts.Probes.OkWeight),
        Of("headroom", "double precision", row => row.Window.Headroom),
    ];

    /// <summary>Inserts rows given as one array per column.</summary>
    public static string Insert { get; } = MetricColumn<ArmWindow>.InsertInto("drift_windows", Columns);

    private static MetricColumn<ArmWindow> Of<TValue>(string name, string sqlType, Func<ArmWindow, TValue> read) =>
        MetricColumn<ArmWindow>.Of(name, sqlType, read);
}
