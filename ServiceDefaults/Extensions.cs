using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the suite starts with and answers.</summary>
public static class Extensions
{
    /// <summary>Path of the check over everything the service needs.</summary>
    public const string HealthPath = "/health";

    /// <summary>Path of the check that only says the process answers.</summary>
    public const string AlivePath = "/alive";

    /// <summary>Path that Prometheus scrapes.</summary>
    public const string MetricsPath = "/metrics";

    private const string RequestLogs = "Microsoft.AspNetCore.Hosting.Diagnostics";

    // Shorter than Kubernetes' 30 s, so that the process ends by itself and not by SIGKILL.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Adds telemetry, health checks, service discovery, resilient HTTP clients, the clock and sign-in.</summary>
    /// <returns>The builder it was given.</returns>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        StartupFaults.Watch(builder.Environment.ApplicationName);
        builder.Services.AddHostedService<StartupWatch>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.AddSuiteAuthentication();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Adds metrics, scraped from <see cref="MetricsPath"/>, and where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set pushes them, traces and logs there.</summary>
    /// <returns>The builder it was given.</returns>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        // Otherwise the server's spans carry nothing; read once, so it must be set before the host starts.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddTransient<IStartupFilter, ServerSpanStartupFilter>();

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                // The instance's id comes with OTEL_RESOURCE_ATTRIBUTES; a made-up one would hide it.
                ServiceName(builder), serviceVersion: Version(), autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics.AddMeter(TelemetrySources.Meters).AddPrometheusExporter());

        // Spans that nobody takes would cost every decision a few microseconds.
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.WithTracing(tracing => tracing
                .AddSource(builder.Environment.ApplicationName)
                .AddSource(TelemetrySources.Activities)
                .AddProcessor(new ProbeSpanFilter()));
            telemetry.UseOtlpExporter();
        }
        else if (builder.Configuration[$"Logging:LogLevel:{RequestLogs}"] is null)
        {
            // As long as this category logs anything, a span is made of each request.
            builder.Logging.AddFilter(RequestLogs, LogLevel.None);
        }

        return builder;
    }

    /// <summary>Adds the check <c>self</c>, tagged <c>live</c>.</summary>
    /// <returns>The builder it was given.</returns>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        return builder;
    }

    /// <summary>Maps <see cref="HealthPath"/>, <see cref="AlivePath"/> and <see cref="MetricsPath"/>, in every environment:
    /// Kubernetes' probes and Prometheus need them most where it is not Development.</summary>
    /// <returns>The application it was given.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthChecks(HealthPath).AllowAnonymous();
        app.MapHealthChecks(AlivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
        app.MapPrometheusScrapingEndpoint(MetricsPath).AllowAnonymous();
        return app;
    }

    // Aspire names the resource; the SDK's own detector reads the variable too, but AddService would win over it.
    private static string ServiceName(IHostApplicationBuilder builder) =>
        builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } name ? name : builder.Environment.ApplicationName;

    private static string? Version() => Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3);
}
