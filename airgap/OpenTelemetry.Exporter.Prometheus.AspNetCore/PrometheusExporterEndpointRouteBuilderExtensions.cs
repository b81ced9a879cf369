using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the endpoint that Prometheus scrapes.</summary>
public static class PrometheusExporterEndpointRouteBuilderExtensions
{
    /// <summary>Maps the endpoint at <see cref="PrometheusAspNetCoreOptions.ScrapeEndpointPath"/>.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(null, null, null, null);

    /// <summary>Maps the endpoint at a path.</summary>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return endpoints.MapPrometheusScrapingEndpoint(path, null, null, null);
    }

    /// <summary>Maps the endpoint.</summary>
    /// <param name="endpoints">The application's routes.</param>
    /// <param name="path">Its path, or null for that of the options.</param>
    /// <param name="meterProvider">Must be null, or the host's own: the exporter is found through the host's services.</param>
    /// <param name="configureBranchedPipeline">Adds middleware before it, or null.</param>
    /// <param name="optionsName">Name of the options, or null.</param>
    public static IEndpointConventionBuilder MapPrometheusScrapingEndpoint(
        this IEndpointRouteBuilder endpoints,
        string? path,
        MeterProvider? meterProvider,
        Action<IApplicationBuilder>? configureBranchedPipeline,
        string? optionsName)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var own = services.GetRequiredService<MeterProvider>();   // Builds the exporter, whose options are final then.
        if (meterProvider is not null && meterProvider != own)
        {
            throw new NotSupportedException("This stand-in scrapes only the host's own meter provider.");
        }

        var exporter = services.GetService<ExporterSlot>()?.Exporter
            ?? throw new ArgumentException("The meter provider has no Prometheus exporter; call AddPrometheusExporter().");
        path ??= services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(optionsName ?? Options.DefaultName).ScrapeEndpointPath
            ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath;

        var pipeline = endpoints.CreateApplicationBuilder();
        configureBranchedPipeline?.Invoke(pipeline);
        pipeline.Run(new ScrapeEndpoint(exporter).AnswerAsync);
        return endpoints.Map(path.StartsWith('/') ? path : $"/{path}", pipeline.Build());
    }
}
