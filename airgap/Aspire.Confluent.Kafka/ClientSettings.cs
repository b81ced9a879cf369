using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace Aspire.Confluent.Kafka;

/// <summary>What the settings of producer and consumer have in common: where they are read from and how they fit together.</summary>
internal static class ClientSettings
{
    // Aspire's own choice: statistics every second while metrics are on.
    private const int StatisticsIntervalMs = 1000;

    /// <summary>Binds the section, then the section named after the connection, each with its <c>Config</c>.</summary>
    /// <returns>The connection string that configuration gives, or null.</returns>
    public static string? Read(IConfiguration configuration, string section, string name, object settings, ClientConfig config)
    {
        foreach (var part in new[] { configuration.GetSection(section), configuration.GetSection($"{section}:{name}") })
        {
            part.Bind(settings);
            part.GetSection("Config").Bind(config);
        }

        return configuration.GetConnectionString(name);
    }

    /// <summary>Makes client and settings agree; a connection string wins over servers in the client's configuration.</summary>
    public static void Consolidate(ClientConfig config, string? connectionString, bool disableMetrics)
    {
        config.BootstrapServers = connectionString ?? config.BootstrapServers;
        config.StatisticsIntervalMs = disableMetrics ? config.StatisticsIntervalMs : config.StatisticsIntervalMs ?? StatisticsIntervalMs;
    }

    public static void RequireServers(ClientConfig config, string section, string name)
    {
        // A mock cluster of librdkafka brings its own servers.
        if (string.IsNullOrEmpty(config.BootstrapServers) && string.IsNullOrEmpty(config.Get("test.mock.num.brokers")))
        {
            throw new InvalidOperationException(
                $"There is no Kafka server to connect to: set ConnectionStrings:{name} or {section}:{name}:ConnectionString.");
        }
    }
}
