using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using RateLimitSuite.ServiceDefaults;

namespace Microsoft.Extensions.Hosting;

/// <summary>A service's way to and from Kafka.</summary>
public static class SuiteKafkaExtensions
{
    /// <summary>Records that may wait in a producer; <c>Produce</c> throws <c>Local_QueueFull</c> beyond, and its caller drops and counts.</summary>
    public const int MaxQueuedRecords = 100_000;

    private const int MaxQueuedKbytes = 64 * 1024;
    private const int LingerMs = 5;

    /// <summary>Registers a singleton <c>IProducer&lt;byte[], byte[]&gt;</c>: idempotent, acknowledged by all replicas, lz4, its queue bounded.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="connectionName">Name of the connection, <c>broker</c>.</param>
    /// <returns>The builder it was given.</returns>
    /// <remarks>What <c>Aspire:Confluent:Kafka:Producer</c> sets wins over these choices. No health check: a service whose decisions
    /// do not need Kafka is healthy without it, and the check would write a record every time it is asked.</remarks>
    public static TBuilder AddSuiteProducer<TBuilder>(this TBuilder builder, string connectionName)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddKafkaEssentials();
        builder.AddKafkaProducer<byte[], byte[]>(
            connectionName,
            settings =>
            {
                settings.DisableHealthChecks = true;
                settings.DisableMetrics = true;
                var config = settings.Config;
                config.EnableIdempotence ??= true;
                config.Acks ??= Acks.All;
                config.CompressionType ??= CompressionType.Lz4;
                config.LingerMs ??= LingerMs;
                config.QueueBufferingMaxMessages ??= MaxQueuedRecords;
                config.QueueBufferingMaxKbytes ??= MaxQueuedKbytes;
                config.EnableDeliveryReports ??= true;
            },
            (services, producer) =>
            {
                var outage = services.GetRequiredService<KafkaOutage>();
                producer.SetErrorHandler((_, error) => outage.Report(error));
            });
        return builder;
    }

    /// <summary>Registers the <see cref="KafkaConsumerFactory"/>.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="connectionName">Name of the connection, <c>broker</c>.</param>
    /// <returns>The builder it was given.</returns>
    public static TBuilder AddSuiteConsumer<TBuilder>(this TBuilder builder, string connectionName)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddKafkaEssentials();
        builder.Services.TryAddSingleton(services => new KafkaConsumerFactory(
            services.GetRequiredService<IConfiguration>(),
            services.GetRequiredService<KafkaOutage>(),
            services.GetRequiredService<KafkaMetrics>(),
            connectionName));
        return builder;
    }

    private static void AddKafkaEssentials(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<KafkaMetrics>();
        builder.Services.TryAddSingleton<KafkaOutage>();

        // librdkafka repeats every failed connection attempt; KafkaOutage says it once.
        builder.Logging.AddFilter("Aspire.Confluent.Kafka", LogLevel.Critical);
    }
}
