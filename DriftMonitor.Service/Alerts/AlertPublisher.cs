using Confluent.Kafka;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.DriftMonitor.Alerts;

/// <summary>Brings kept alerts to topic <c>drift-alerts</c>: at least once, oldest first.</summary>
internal sealed class AlertPublisher(AlertStore alerts, IProducer<byte[], byte[]> producer)
{
    private const int AtOnce = 100;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly byte[] Key = System.Text.Encoding.UTF8.GetBytes(Topics.ConstantKey);

    /// <summary>Publishes what did not go out yet.</summary>
    /// <exception cref="KafkaException">No broker took it; it stays to be published.</exception>
    /// <exception cref="TimeoutException">No broker answered in time.</exception>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        foreach (var alert in await alerts.UnpublishedAsync(AtOnce, cancellationToken))
        {
            var message = new Message<byte[], byte[]> { Key = Key, Value = EventJson.Write(ToEvent(alert)) };
            await producer.ProduceAsync(Topics.DriftAlerts, message, cancellationToken).WaitAsync(Timeout, cancellationToken);
            await alerts.PublishedAsync(alert.Id, cancellationToken);
        }
    }

    private static DriftAlert ToEvent(AlertRecord alert) => new()
    {
        Id = alert.Id.ToString(),
        Timestamp = alert.At.ToUniversalTime(),
        Name = alert.Name,
        Severity = alert.Severity,
        Detector = alert.Detector,
        Value = alert.Value,
        Limit = alert.Limit,
        Count = alert.Count,
        ModelVersion = alert.ModelVersion,
        Message = alert.Message,
    };
}
