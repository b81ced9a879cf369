using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The variables that every project gets, in the order in which the manifest lists them.</summary>
internal static class ProjectEnvironment
{
    private const string OtlpEndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Where to send telemetry: gRPC first, as Aspire prefers it.
    private static readonly (string Key, string Protocol)[] OtlpEndpoints =
    [
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "grpc"),
        ("DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "grpc"),
        ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf"),
        ("DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http/protobuf"),
        (OtlpEndpointVariable, "grpc"),
    ];

    public static IResourceBuilder<ProjectResource> WithProjectEnvironment(this IResourceBuilder<ProjectResource> builder)
    {
        var application = builder.ApplicationBuilder;
        builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory");
        if (application.ExecutionContext.IsPublishMode)
        {
            return builder.WithEnvironment(SetPublishedVariables);
        }

        if (application.Environment.IsDevelopment())
        {
            builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true");
            builder.WithEnvironment("OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION", "true");
        }

        builder.WithEnvironment(context => SetTelemetry(context.EnvironmentVariables, context.Resource, application));
        builder.WithEnvironment("DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION", "true");
        builder.WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple");
        return builder.WithEnvironment(SetUrls);
    }

    private static void SetTelemetry(Dictionary<string, object> variables, IResource resource, IDistributedApplicationBuilder application)
    {
        var configured = OtlpEndpoints.FirstOrDefault(e => !string.IsNullOrEmpty(application.Configuration[e.Key]));
        if (configured == default)
        {
            return;
        }

        variables[OtlpEndpointVariable] = application.Configuration[configured.Key]!;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = application.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] ?? configured.Protocol;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={Guid.NewGuid():N}";
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        if (application.Configuration["AppHost:OtlpApiKey"] is { } key)
        {
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        }

        if (application.Environment.IsDevelopment())
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }
    }

    private static void SetUrls(EnvironmentCallbackContext context)
    {
        var endpoints = ListedEndpoints(context.Resource);
        if (endpoints.Count == 0 || context.EnvironmentVariables.ContainsKey("ASPNETCORE_URLS"))
        {
            return;
        }

        if (endpoints.FirstOrDefault(e => e.Scheme == "https") is { } secure)
        {
            context.EnvironmentVariables["ASPNETCORE_HTTPS_PORT"] = secure.Property(EndpointProperty.Port);
        }

        context.EnvironmentVariables["ASPNETCORE_URLS"] = Join(endpoints, (urls, endpoint) =>
        {
            urls.AppendFormatted(endpoint.Property(EndpointProperty.Scheme));
            urls.AppendLiteral($"://{endpoint.EndpointAnnotation.TargetHost}:");
            urls.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
        });
    }

    private static void SetPublishedVariables(EnvironmentCallbackContext context)
    {
        var variables = context.EnvironmentVariables;
        if (context.Resource.Endpoints().Count > 0 && !context.Resource.Annotations.OfType<DisableForwardedHeadersAnnotation>().Any())
        {
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }

        SetPorts("HTTP_PORTS", "http");
        SetPorts("HTTPS_PORTS", "https");

        void SetPorts(string variable, string scheme)
        {
            var endpoints = ListedEndpoints(context.Resource).Where(e => e.Scheme == scheme).ToArray();
            if (endpoints.Length > 0 && !variables.ContainsKey(variable))
            {
                variables[variable] = Join(endpoints, (ports, endpoint) => ports.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort)));
            }
        }
    }

    // An endpoint with a variable of its own is bound by the code that reads it.
    private static List<EndpointReference> ListedEndpoints(IResource resource)
    {
        var withVariable = resource.Annotations.OfType<EndpointVariableAnnotation>().Select(a => a.Endpoint).ToHashSet();
        return [.. ((IResourceWithEndpoints)resource).GetEndpoints()
            .Where(e => e.Scheme is "http" or "https" && !withVariable.Contains(e.EndpointAnnotation))];
    }

    private static ReferenceExpression Join(IReadOnlyList<EndpointReference> endpoints, Action<ReferenceExpressionBuilder, EndpointReference> append)
    {
        var list = new ReferenceExpressionBuilder();
        foreach (var endpoint in endpoints)
        {
            if (!list.IsEmpty)
            {
                list.AppendLiteral(";");
            }

            append(list, endpoint);
        }

        return list.Build();
    }
}
