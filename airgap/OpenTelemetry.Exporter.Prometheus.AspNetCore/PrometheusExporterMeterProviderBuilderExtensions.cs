using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;

namespace OpenTelemetry.Metrics;

/// <summary>Adds the Prometheus exporter to a host's meters.</summary>
public static class PrometheusExporterMeterProviderBuilderExtensions
{
    /// <summary>Makes the metrics ready to be scraped.</summary>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder) => builder.AddPrometheusExporter(null, null);

    /// <summary>Makes the metrics ready to be scraped.</summary>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder, Action<PrometheusAspNetCoreOptions> configure) =>
        builder.AddPrometheusExporter(null, configure);

    /// <summary>Makes the metrics ready to be scraped.</summary>
    /// <param name="builder">The meters' builder.</param>
    /// <param name="name">Name of the options, or null.</param>
    /// <param name="configure">Sets the options, or null.</param>
    public static MeterProviderBuilder AddPrometheusExporter(this MeterProviderBuilder builder, string? name, Action<PrometheusAspNetCoreOptions>? configure)
    {
        builder.ConfigureServices(services =>
        {
            services.TryAddSingleton<ExporterSlot>();
            services.AddOptions<PrometheusAspNetCoreOptions>(name ?? Options.DefaultName).Configure(configure ?? (_ => { }));
        });
        return builder.AddReader(services =>
        {
            var options = services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name ?? Options.DefaultName);
            var exporter = new PullExporter(options);
            services.GetRequiredService<ExporterSlot>().Exporter = exporter;
            return new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };
        });
    }
}
