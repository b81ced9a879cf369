using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>Maps OpenTelemetry's types to Prometheus'.</summary>
internal static class FamilyKinds
{
    /// <summary>The kind, or null for what no text format can carry.</summary>
    public static FamilyKind? Of(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => FamilyKind.Counter,
        MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => FamilyKind.Gauge,
        MetricType.Histogram => FamilyKind.Histogram,
        _ => null,
    };

    public static string Word(this FamilyKind kind) => kind switch
    {
        FamilyKind.Counter => "counter",
        FamilyKind.Histogram => "histogram",
        _ => "gauge",
    };
}
