using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Confluent.Kafka;

/// <summary>Brings librdkafka's log into the host's, under the category <c>Aspire.Confluent.Kafka</c>.</summary>
internal static class KafkaLog
{
    public static ILogger Create(IServiceProvider services) =>
        services.GetRequiredService<ILoggerFactory>().CreateLogger("Aspire.Confluent.Kafka");

#pragma warning disable CA1848, CA2254 // librdkafka has formatted the message already.
    public static void Write(ILogger logger, LogMessage message)
    {
        var level = (LogLevel)message.LevelAs(LogLevelType.MicrosoftExtensionsLogging);
        if (logger.IsEnabled(level))
        {
            logger.Log(level, message.Message);
        }
    }

    public static void AlreadySet(ILogger logger) =>
        logger.LogWarning("LogHandler is already set: librdkafka's log goes there and not here.");
#pragma warning restore CA1848, CA2254
}
