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
    /// <param name="consumers">Makes the clients that ask, which live as long as the question.</param>
    /// <param name="known">The name that this service's offsets belong to, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">No broker answered in time.</exception>
    public static string Find(KafkaConsumerFactory consumers, string? known, CancellationToken cancellationToken)
    {
        using var consumer = consumers.CreateForWholeTopics();
        var (low, high) = Watermarks(consumer);
        if (low == high)
        {
            // Written and expired is the same log, so its name is written again; never written is a new one.
            Write(consumers, high > 0 && known is not null ? known : Guid.CreateVersion7().ToString());
        }

        return ReadFirst(consumer, cancellationToken);
    }

    private static (long Low, long High) Watermarks(IConsumer<byte[], byte[]> consumer)
    {
        try
        {
            var watermarks = consumer.QueryWatermarkOffsets(Place, Timeout);
            return (watermarks.Low.Value, watermarks.High.Value);
        }
        catch (KafkaException error) when (error.Error.Code is ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart)
        {
            return (0, 0);   // The topic appears with the first record.
        }
    }

    private static void Write(KafkaConsumerFactory consumers, string identity)
    {
        using var producer = consumers.CreateProducer();
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
    }
}
