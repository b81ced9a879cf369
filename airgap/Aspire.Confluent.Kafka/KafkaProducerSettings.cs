using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>How <c>AddKafkaProducer</c> connects and what it adds beside the producer.</summary>
public sealed class KafkaProducerSettings
{
    /// <summary>Bootstrap servers, <c>host:port</c> joined by commas.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The producer's own configuration.</summary>
    public ProducerConfig Config { get; } = [];

    /// <summary>True to add no health check, which produces a record each time. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True to ask librdkafka for no statistics. Default false.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>True to trace nothing. Default false.</summary>
    public bool DisableTracing { get; set; }
}
