using Confluent.Kafka;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>One connected consumer of a <see cref="KafkaReader"/>: a member of its group, or assigned to whole topics.</summary>
internal sealed class KafkaSession : IDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly KafkaOutage _outage;
    private readonly bool _storesOffsets;
    private readonly HashSet<TopicPartition> _unread = [];

    private KafkaSession(IConsumer<byte[], byte[]> consumer, KafkaOutage outage, bool storesOffsets) =>
        (_consumer, _outage, _storesOffsets) = (consumer, outage, storesOffsets);

    /// <summary>Joins the group; its partitions come when the broker has settled who gets which.</summary>
    public static KafkaSession Join(
        KafkaConsumerFactory consumers, string group, KafkaReaderOptions options, Func<TopicPartition, Offset> startOf, Action<IReadOnlyList<TopicPartition>> revoked)
    {
        var consumer = consumers.CreateForGroup(group, options.OwnOffsets ? startOf : null, revoked);
        consumer.Subscribe(options.Topics);
        return new KafkaSession(consumer, consumers.Outage, storesOffsets: !options.OwnOffsets);
    }

    /// <summary>Takes every partition of the topics.</summary>
    /// <exception cref="KafkaException">A topic is not there yet, or no broker.</exception>
    public static KafkaSession Assign(KafkaConsumerFactory consumers, KafkaReaderOptions options, Func<TopicPartition, Offset> startOf)
    {
        var session = new KafkaSession(consumers.CreateForWholeTopics(), consumers.Outage, storesOffsets: false);
        try
        {
            session._unread.UnionWith(options.Topics.SelectMany(session.PartitionsOf));
            session._consumer.Assign(session._unread.Select(partition => new TopicPartitionOffset(partition, startOf(partition))));
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The next record, the mark of a partition's end, or null when none came in time.</summary>
    /// <exception cref="ConsumeException">The client failed for good.</exception>
    public ConsumeResult<byte[], byte[]>? Consume(TimeSpan atMost)
    {
        try
        {
            var record = _consumer.Consume(atMost);
            if (record is not null)
            {
                _outage.Over();
            }

            return record;
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            _outage.Report(error.Error);   // A topic not yet there, a member that was too slow: librdkafka goes on by itself.
            return null;
        }
    }

    /// <summary>Whether with this mark every partition has been read to its end, for the first time.</summary>
    public bool IsLastEnd(ConsumeResult<byte[], byte[]> mark) => _unread.Remove(mark.TopicPartition) && _unread.Count == 0;

    /// <summary>Waits without losing the partitions, as one that does not poll would; a record that comes meanwhile is put back.</summary>
    public void Wait(TimeSpan pause)
    {
        _consumer.Pause(_consumer.Assignment);
        if (Consume(pause) is { } early)
        {
            _consumer.Seek(early.TopicPartitionOffset);
        }

        _consumer.Resume(_consumer.Assignment);
    }

    /// <summary>Stores the record's offset, where the group keeps offsets.</summary>
    public void Done(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            if (_storesOffsets)
            {
                _consumer.StoreOffset(record);
            }
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.Local_State)
        {
            // The partition went to another member, which will handle the record again.
        }
    }

    /// <summary>Commits what is stored and leaves the group, so that its partitions go to others at once.</summary>
    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private List<TopicPartition> PartitionsOf(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var metadata = admin.GetMetadata(topic, MetadataTimeout).Topics.Find(found => found.Topic == topic);
        return metadata is { Partitions: { Count: > 0 } partitions }
            ? partitions.ConvertAll(partition => new TopicPartition(topic, partition.PartitionId))
            : throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"Topic {topic} is not there yet."));
    }
}
