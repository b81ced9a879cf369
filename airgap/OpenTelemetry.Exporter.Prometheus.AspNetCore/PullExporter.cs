using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>Writes the metrics when somebody asks for them.</summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PullExporter(PrometheusAspNetCoreOptions options) : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock _collecting = new();
    private ExpositionFormat _format = ExpositionFormat.Fallback;
    private byte[]? _written;

    public Func<int, bool>? Collect { get; set; }

    public PrometheusAspNetCoreOptions Options => options;

    /// <summary>Collects and writes all metrics.</summary>
    /// <returns>The text in UTF-8, or null where collecting failed.</returns>
    public byte[]? Write(ExpositionFormat format)
    {
        lock (_collecting)
        {
            (_format, _written) = (format, null);
            return Collect?.Invoke(Timeout.Infinite) == true ? _written : null;
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        // Called on Write's own thread, inside of Collect.
        var writer = new ExpositionWriter(_format, options, ParentProvider.GetResource());
        _written = writer.Write(batch);
        return _written is null ? ExportResult.Failure : ExportResult.Success;
    }
}
