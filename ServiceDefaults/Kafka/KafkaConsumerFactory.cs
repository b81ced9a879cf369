using Confluent.Kafka;
using Microsoft.Extensions.Configuration;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Makes consumers: of a group, or of whole topics without one.</summary>
/// <remarks>Aspire registers one consumer for each pair of types; the suite's services need several, so they are made here, from the same
/// configuration keys: <c>Aspire:Confluent:Kafka:Consumer:Config</c> and <c>ConnectionStrings:NAME</c>.</remarks>
public sealed class KafkaConsumerFactory
{
    private const string Section = "Aspire:Confluent:Kafka:Consumer";

    // The embedded broker settles every change of a group in a session's time less a second; a killed member is missed as long by any broker.
    private const int SessionTimeoutMs = 6_000;
    private const int HeartbeatIntervalMs = 2_000;
    private const int TopicRefreshMs = 3_000;

    // A fetch that finds nothing new is answered after this time at the latest, by the embedded broker always after it, whatever comes meanwhile.
    private const int FetchWaitMs = 50;

    // A consumer without group still names one to librdkafka; nothing is ever committed to it.
    private const string NoGroup = "none";

    private static readonly string[] ConnectionSettings = ["bootstrap.", "security.", "sasl.", "ssl."];

    private readonly ConsumerConfig _shared = [];

    internal KafkaConsumerFactory(IConfiguration configuration, KafkaOutage outage, KafkaMetrics metrics, string connectionName)
    {
        configuration.GetSection($"{Section}:Config").Bind(_shared);
        configuration.GetSection($"{Section}:{connectionName}:Config").Bind(_shared);
        _shared.BootstrapServers = configuration.GetConnectionString(connectionName) ?? _shared.BootstrapServers;
        if (string.IsNullOrEmpty(_shared.BootstrapServers))
        {
            throw new InvalidOperationException($"There is no Kafka server to read from: set ConnectionStrings:{connectionName}.");
        }

        Outage = outage;
        Metrics = metrics;
    }

    /// <summary>Whether no broker can be reached now, as far as its consumers know.</summary>
    public bool IsBrokerAway => Outage.IsAway;

    internal KafkaMetrics Metrics { get; }

    internal KafkaOutage Outage { get; }

    /// <summary>A consumer of a group: what <c>StoreOffset</c> was called with is committed, and nothing else.</summary>
    /// <param name="groupId">The group; its members share the partitions.</param>
    /// <param name="startOf">Where to start a partition that is assigned; null: where the group stopped.</param>
    /// <param name="revoked">Called when partitions go to another member.</param>
    /// <returns>A consumer to <c>Subscribe</c> with, and to <c>Close</c> at the end so that its partitions go to others at once.</returns>
    public IConsumer<byte[], byte[]> CreateForGroup(
        string groupId, Func<TopicPartition, Offset>? startOf = null, Action<IReadOnlyList<TopicPartition>>? revoked = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(groupId);
        var builder = Prepare(config =>
        {
            config.GroupId = groupId;
            config.EnableAutoCommit ??= true;
        });
        if (startOf is not null)
        {
            builder.SetPartitionsAssignedHandler((_, partitions) =>
                partitions.ConvertAll(partition => new TopicPartitionOffset(partition, startOf(partition))));
        }

        if (revoked is not null)
        {
            builder.SetPartitionsRevokedHandler((_, partitions) => revoked(partitions.ConvertAll(partition => partition.TopicPartition)));
        }

        return builder.Build();
    }

    /// <summary>A consumer to <c>Assign</c> partitions to: reads what it is told to and commits nothing.</summary>
    public IConsumer<byte[], byte[]> CreateForWholeTopics() => Prepare(config =>
    {
        config.GroupId = NoGroup;
        config.EnableAutoCommit = false;
        config.EnablePartitionEof = true;
    }).Build();

    /// <summary>A producer to the same broker, for the few records that a reader writes itself.</summary>
    internal IProducer<byte[], byte[]> CreateProducer()
    {
        var connection = _shared.Where(setting => ConnectionSettings.Any(prefix => setting.Key.StartsWith(prefix, StringComparison.Ordinal)));
        return new ProducerBuilder<byte[], byte[]>(new Dictionary<string, string>(connection) { ["acks"] = "all" })
            .SetErrorHandler((_, error) => Outage.Report(error))
            .SetLogHandler((_, _) => { })
            .Build();
    }

    private ConsumerBuilder<byte[], byte[]> Prepare(Action<ConsumerConfig> configure)
    {
        var config = new ConsumerConfig(new Dictionary<string, string>(_shared));
        configure(config);
        config.EnableAutoOffsetStore = false;   // An offset is stored when its record is done, not when it is handed out.
        config.SessionTimeoutMs ??= SessionTimeoutMs;
        config.HeartbeatIntervalMs ??= HeartbeatIntervalMs;
        config.FetchWaitMaxMs ??= FetchWaitMs;
        config.AutoOffsetReset ??= AutoOffsetReset.Earliest;
        config.AllowAutoCreateTopics ??= true;

        // A topic that is made after a group subscribed to it is seen at the next refresh, and librdkafka waits five minutes for that.
        config.TopicMetadataRefreshIntervalMs ??= TopicRefreshMs;
        return new ConsumerBuilder<byte[], byte[]>(config)
            .SetErrorHandler((_, error) => Outage.Report(error))
            .SetLogHandler((_, _) => { });   // The same lines come as errors, above, without the repetition.
    }
}
