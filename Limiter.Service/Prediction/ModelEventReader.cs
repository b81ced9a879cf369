using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>Looks at the registry as soon as Trainer says that something changed there, instead of at the next poll.</summary>
internal sealed class ModelEventReader(KafkaConsumerFactory consumers, RegistryWatcher watcher, TimeProvider clock, ILogger<ModelEventReader> logger)
    : KafkaReader(consumers, new KafkaReaderOptions { Topics = [Topics.ModelEvents] }, clock, logger)
{
    // What the event says does not matter: the registry is the truth, and many events may come at once.
    /// <inheritdoc/>
    protected override void Handle(ConsumeResult<byte[], byte[]> record) => watcher.Wake();
}
