using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.AppHost;

/// <summary>Prometheus, Alertmanager and Grafana beside the suite, on the files of <c>deploy/</c>: with <c>Observability=true</c>, in run mode.</summary>
internal static class ObservabilityWiring
{
    private const int PrometheusPort = 9090;
    private const int AlertmanagerPort = 9093;
    private const int GrafanaPort = 3000;

    /// <summary>Adds the three, scraping <paramref name="services"/>.</summary>
    /// <param name="builder">The suite.</param>
    /// <param name="dashboard">Where alerts and pictures link to; all services are up once it is.</param>
    /// <param name="services">Whoever answers at <c>/metrics</c>; the dashboard as well.</param>
    public static void AddObservability(
        this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> dashboard, params IResourceBuilder<ProjectResource>[] services)
    {
        if (!builder.ExecutionContext.IsRunMode || !builder.Configuration.GetValue("Observability", false))
        {
            return;
        }

        var files = new ObservabilityFiles(
            builder.AppHostDirectory, builder.Configuration["Observability:Directory"] ?? Path.Combine("..", "artifacts", "observability"));
        var alertmanager = builder.AddContainer("alertmanager", "prom/alertmanager", "v0.28.1")
            .WithHttpEndpoint(port: builder.Port("Observability:AlertmanagerPort", AlertmanagerPort), targetPort: AlertmanagerPort, name: "http")
            .WithBindMount(files.Alertmanager, "/etc/alertmanager", isReadOnly: true)
            .WithVolume($"{builder.DataName()}-alertmanager", "/alertmanager")
            .WithArgs("--config.file=/etc/alertmanager/local.yml", "--storage.path=/alertmanager")
            .WithHttpHealthCheck("/-/ready", endpointName: "http");

        // Its targets' ports are known once those have started, and all have when the dashboard has.
        var prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
            .WithHttpEndpoint(port: builder.Port("Observability:PrometheusPort", PrometheusPort), targetPort: PrometheusPort, name: "http")
            .WithBindMount(files.Prometheus, "/etc/prometheus", isReadOnly: true)
            .WithVolume($"{builder.DataName()}-prometheus", "/prometheus")
            .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus")
            .WithHttpHealthCheck("/-/ready", endpointName: "http")
            .WaitFor(dashboard)
            .OnBeforeResourceStarted((caller, _, cancellationToken) => files.WritePrometheusAsync(
                caller, builder.ExecutionContext, [.. services, dashboard], alertmanager, cancellationToken));

        builder.AddContainer("grafana", "grafana/grafana", "12.1.0")
            .WithHttpEndpoint(port: builder.Port("Observability:GrafanaPort", GrafanaPort), targetPort: GrafanaPort, name: "http")
            .WithBindMount(Path.Combine("..", "deploy", "grafana", "provisioning"), "/etc/grafana/provisioning", isReadOnly: true)
            .WithBindMount(Path.Combine("..", "deploy", "grafana", "dashboards"), "/var/lib/grafana/dashboards", isReadOnly: true)
            .WithEnvironment("PROMETHEUS_URL", prometheus.GetEndpoint("http"))
            .WithEnvironment("GF_AUTH_ANONYMOUS_ENABLED", "true");   // Everything here is on loopback.
    }
}
