namespace OpenTelemetry.Exporter;

/// <summary>What Prometheus calls a metric's type.</summary>
internal enum FamilyKind
{
    Gauge,
    Counter,
    Histogram,
}
