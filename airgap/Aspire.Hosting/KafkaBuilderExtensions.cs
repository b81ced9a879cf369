using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Kafka as a resource.</summary>
public static class KafkaBuilderExtensions
{
    private const int ContainerPort = 9092;
    private const int ContainerInternalPort = 9093;

    /// <summary>Adds a broker. Published it is a container; run it is the embedded broker.</summary>
    public static IResourceBuilder<KafkaServerResource> AddKafka(this IDistributedApplicationBuilder builder, string name, int? port = null)
    {
        var broker = new KafkaServerResource(name);
        var key = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, _ => new TcpHealthCheck(broker.PrimaryEndpoint), null, null));
        return builder.AddResource(broker)
            .WithEndpoint(port: port, targetPort: ContainerPort, name: KafkaServerResource.PrimaryEndpointName)
            .WithEndpoint(targetPort: ContainerInternalPort, name: KafkaServerResource.InternalEndpointName)
            .WithImage("confluentinc/confluent-local", "8.2.0")
            .WithImageRegistry("docker.io")
            .WithEnvironment(context => SetListeners(context, broker))
            .WithHealthCheck(key);
    }

    /// <summary>Keeps the data from run to run in the published container. The embedded broker holds it in memory.</summary>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(
        this IResourceBuilder<KafkaServerResource> builder, string? name = null, bool isReadOnly = false) =>
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/var/lib/kafka/data", isReadOnly)
            .WithEnvironment("KAFKA_LOG_DIRS", "/var/lib/kafka/data");

    private static void SetListeners(EnvironmentCallbackContext context, KafkaServerResource broker)
    {
        var variables = context.EnvironmentVariables;
        variables["KAFKA_LISTENERS"] =
            $"PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:{ContainerPort},PLAINTEXT_INTERNAL://0.0.0.0:{ContainerInternalPort}";
        variables["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] =
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,PLAINTEXT_INTERNAL:PLAINTEXT";
        variables["KAFKA_ADVERTISED_LISTENERS"] = Advertised(context.ExecutionContext, broker);
    }

    // In a cluster the broker is reached under its service's name, on a developer's machine under localhost.
    private static ReferenceExpression Advertised(DistributedApplicationExecutionContext execution, KafkaServerResource broker) =>
        execution.IsRunMode
            ? ReferenceExpression.Create(
                $"PLAINTEXT://localhost:29092,PLAINTEXT_HOST://localhost:{broker.PrimaryEndpoint.Property(EndpointProperty.Port)},PLAINTEXT_INTERNAL://{broker.Name}:{broker.InternalEndpoint.Property(EndpointProperty.TargetPort)}")
            : ReferenceExpression.Create(
                $"PLAINTEXT://{broker.PrimaryEndpoint.Property(EndpointProperty.Host)}:29092,PLAINTEXT_HOST://{broker.PrimaryEndpoint.Property(EndpointProperty.HostAndPort)},PLAINTEXT_INTERNAL://{broker.InternalEndpoint.Property(EndpointProperty.HostAndPort)}");
}
