namespace OpenTelemetry.Exporter;

/// <summary>Where the endpoint finds the exporter that the meter provider was built with.</summary>
internal sealed class ExporterSlot
{
    public PullExporter? Exporter { get; set; }
}
