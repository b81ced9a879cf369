using System.Text;
using Confluent.Kafka;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>The name of a broker's log: a UUID in topic <c>log-identity</c>, written by whoever finds none.</summary>
/// <remarks>Offsets that are kept outside of Kafka belong to one log. A broker that lost its log starts a new one, in which an old
/// offset means another record; the name tells the two apart. Of records written at the same time the first counts.</remarks>
internal static class LogIdentity
{
    private static readonly TopicPartition Place = new("log-identity", 0);
    private static readonly byte[] Key = "log-identity"u8.ToArray();
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Reads the log's name, or writes one where there is none.</summary>
    /// <param name="consumer">A consumer without group; its assignment is changed.</param>
    /// <param name="known">The name that this service's offsets belong to, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker answered in time.</exception>
    public static string Find(IConsumer<byte[], byte[]> consumer, string? known, CancellationToken cancellationToken)
    {
        var watermarks = consumer.QueryWatermarkOffsets(Place, Timeout);
        if (watermarks.High.Value == watermarks.Low.Value)
        {
            // Written and expired is the same log, so its name is written again; never written is a new one.
            Write(consumer, watermarks.High.Value > 0 && known is not null ? known : Guid.CreateVersion7().ToString());
        }

        return ReadFirst(consumer, cancellationToken);
    }

    private static void Write(IConsumer<byte[], byte[]> consumer, string identity)
    {
        using var producer = new DependentProducerBuilder<byte[], byte[]>(consumer.Handle).Build();
        producer.ProduceAsync(Place, new Message<byte[], byte[]> { Key = Key, Value = Encoding.ASCII.GetBytes(identity) })
            .WaitAsync(Timeout).GetAwaiter().GetResult();
    }

    private static string ReadFirst(IConsumer<byte[], byte[]> consumer, CancellationToken cancellationToken)
    {
        consumer.Assign(new TopicPartitionOffset(Place, Offset.Beginning));
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(Timeout);
            while (true)
            {
                if (consumer.Consume(timeout.Token) is { IsPartitionEOF: false, Message.Value: { } value })
                {
                    return Encoding.ASCII.GetString(value);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"{Place.Topic} could not be read within {Timeout.TotalSeconds} s."));
        }
        finally
        {
            consumer.Unassign();
        }
    }
}
