using System.Text.Json;
using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Notifications;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Consuming;

/// <summary>Reads explanations for attribution drift. Each process reads them all: whichever leads has what it needs.</summary>
internal sealed class AttributionReader(
    KafkaConsumerFactory consumers, AttributionWindow attributions, RecentAttributions recent, TimeProvider clock, ILogger<AttributionReader> logger)
    : KafkaReader(consumers, new KafkaReaderOptions { Topics = [Topics.ShapValues] }, clock, logger)
{
    /// <inheritdoc/>
    protected override void Handle(ConsumeResult<byte[], byte[]> record)
    {
        var explanation = EventJson.ReadShapValues(record.Message.Value);
        if (!explanation.Shap.All(double.IsFinite))
        {
            throw new JsonException("shap holds a value that is no number.");
        }

        attributions.Add(explanation.ModelVersion, explanation.Mode, explanation.Shap);
        recent.Add(explanation);
    }
}
