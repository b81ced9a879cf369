using System.Text;
using Confluent.Kafka;

namespace RateLimitSuite.Limiter.Events;

/// <summary>Events to Kafka.</summary>
internal sealed class KafkaEventLog(IProducer<byte[], byte[]> producer) : IEventLog
{
    private static readonly TimeSpan DeliveryTimeout = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public bool TrySend(EventRecord record, Action<EventRecord> lost)
    {
        try
        {
            producer.Produce(record.Topic, ToMessage(record), report =>
            {
                if (report.Error.IsError)
                {
                    lost(record);
                }
            });
            return true;
        }
        catch (KafkaException)   // Its queue is full: nothing was acknowledged for long.
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> SendAsync(EventRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await producer.ProduceAsync(record.Topic, ToMessage(record), cancellationToken).WaitAsync(DeliveryTimeout, cancellationToken);
            return true;
        }
        catch (Exception fault) when (fault is KafkaException or TimeoutException)
        {
            return false;
        }
    }

    private static Message<byte[], byte[]> ToMessage(EventRecord record) => new() { Key = Encoding.UTF8.GetBytes(record.Key), Value = record.Value };
}
