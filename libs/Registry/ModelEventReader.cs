using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using RateLimitSuite.Contracts;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Registry;

/// <summary>Wakes the <see cref="RegistryWatcher"/> by topic <c>model-events</c>, read whole by every process.</summary>
/// <remarks>What a record says is not looked at: the registry is the truth, so even a damaged record only costs one look.</remarks>
internal sealed class ModelEventReader(KafkaConsumerFactory consumers, RegistryWatcher watcher, TimeProvider time, ILogger<ModelEventReader> logger)
    : KafkaReader(consumers, new() { Topics = [Topics.ModelEvents] }, time, logger)
{
    /// <inheritdoc/>
    protected override void Handle(ConsumeResult<byte[], byte[]> record) => watcher.Wake();
}
