using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Reads topics, record by record, on a thread of its own.</summary>
/// <remarks>
/// <para>A record that <see cref="Handle"/> throws on is counted, logged and skipped, so that one bad record does not stop the rest. Where it
/// throws <see cref="RetryLaterException"/>, or PostgreSQL is away, the same record comes again after a growing pause, while the
/// group's membership is kept. A broker that is away is logged once and waited for.</para>
/// <para>Every override runs on the reader's thread, one at a time. A record may come twice: after a crash between work and stored
/// offset, and after a rebalance. <see cref="Handle"/> must be idempotent.</para>
/// </remarks>
public abstract partial class KafkaReader : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaConsumerFactory _consumers;
    private readonly KafkaReaderOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly HashSet<TopicPartition> _unread = [];
    private long _tickedAt;

    /// <summary>Takes what it reads with; nothing is connected before the host starts.</summary>
    protected KafkaReader(KafkaConsumerFactory consumers, KafkaReaderOptions options, TimeProvider clock, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(options.Topics.Count);
        (_consumers, _options, _clock, _logger) = (consumers, options, clock, logger);
    }

    /// <summary>Does what one record asks for.</summary>
    protected abstract void Handle(ConsumeResult<byte[], byte[]> record);

    /// <summary>Called about every <see cref="KafkaReaderOptions.TickEvery"/>: time to close windows and to write checkpoints.</summary>
    protected virtual void Tick()
    {
    }

    /// <summary>Where to start a partition, with <see cref="KafkaReaderOptions.OwnOffsets"/>; asked whenever the partition is assigned.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="logIdentity">The name of the broker's log: offsets kept for another one mean nothing here.</param>
    /// <returns>The offset of the first record to read; <see cref="Offset.Beginning"/> by default.</returns>
    protected virtual Offset StartOf(TopicPartition partition, string logIdentity) => Offset.Beginning;

    /// <summary>The name of the log that the kept offsets belong to, or null; with <see cref="KafkaReaderOptions.OwnOffsets"/>.</summary>
    protected virtual string? KnownLogIdentity => null;

    /// <summary>These partitions go to another member of the group: write what is held of them.</summary>
    protected virtual void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
    }

    /// <summary>Every partition has been read to its end once; only without a group.</summary>
    protected virtual void CaughtUp()
    {
    }

    /// <inheritdoc/>
    // Consume blocks, so the loop gets a thread of its own instead of holding one of the pool's.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(
        () => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stoppingToken)
    {
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Read(stoppingToken);
                pause = FirstPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is KafkaException or TimeoutException || IsWorthWaitingFor(error))
            {
                if (pause == FirstPause)
                {
                    LogInterrupted(_options.Topics[0], error.Message);
                }

                stoppingToken.WaitHandle.WaitOne(pause);
                pause = Longer(pause);
            }
        }
    }

    // One session: until the host stops, the client fails, or the log may have been exchanged under it.
    private void Read(CancellationToken stoppingToken)
    {
        var outages = _consumers.Outage.Count;
        var identity = _options.OwnOffsets ? LogIdentity.Find(_consumers, KnownLogIdentity, stoppingToken) : "";
        using var consumer = Open(identity);
        try
        {
            while (true)
            {
                stoppingToken.ThrowIfCancellationRequested();
                var record = Consume(consumer, _options.TickEvery);
                var answered = record is not null || !_consumers.Outage.IsAway;
                if (_options.OwnOffsets && answered && outages != _consumers.Outage.Count)
                {
                    return;   // The broker was away: this record may be of another log, and is left for the next session.
                }

                Step(consumer, record, stoppingToken);
            }
        }
        finally
        {
            consumer.Close();
        }
    }

    private IConsumer<byte[], byte[]> Open(string identity)
    {
        if (_options.GroupId is { } group)
        {
            var member = _consumers.CreateForGroup(group, _options.OwnOffsets ? partition => StartOf(partition, identity) : null, Revoked);
            member.Subscribe(_options.Topics);
            return member;
        }

        var consumer = _consumers.CreateForWholeTopics();
        try
        {
            var partitions = _options.Topics.SelectMany(topic => PartitionsOf(consumer, topic)).ToList();
            _unread.Clear();
            _unread.UnionWith(partitions);
            consumer.Assign(partitions.Select(partition =>
                new TopicPartitionOffset(partition, _options.OwnOffsets ? StartOf(partition, identity) : Offset.Beginning)));
            return consumer;
        }
        catch
        {
            consumer.Dispose();
            throw;
        }
    }

    private static List<TopicPartition> PartitionsOf(IConsumer<byte[], byte[]> consumer, string topic)
    {
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var metadata = admin.GetMetadata(topic, MetadataTimeout).Topics.Find(found => found.Topic == topic);
        return metadata is { Partitions: { Count: > 0 } partitions }
            ? partitions.ConvertAll(partition => new TopicPartition(topic, partition.PartitionId))
            : throw new KafkaException(new Error(ErrorCode.UnknownTopicOrPart, $"Topic {topic} is not there yet."));
    }

    private void Step(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]>? record, CancellationToken stoppingToken)
    {
        if (record is { IsPartitionEOF: true })
        {
            if (_unread.Remove(record.TopicPartition) && _unread.Count == 0)
            {
                CaughtUp();
            }
        }
        else if (record is not null)
        {
            HandleWhenPossible(consumer, record, stoppingToken);
        }

        if (_clock.GetElapsedTime(_tickedAt) >= _options.TickEvery)
        {
            _tickedAt = _clock.GetTimestamp();
            Tick();
        }
    }

    private ConsumeResult<byte[], byte[]>? Consume(IConsumer<byte[], byte[]> consumer, TimeSpan atMost)
    {
        try
        {
            var record = consumer.Consume(atMost);
            if (record is not null)
            {
                _consumers.Outage.Over();
            }

            return record;
        }
        catch (ConsumeException error) when (!error.Error.IsFatal)
        {
            _consumers.Outage.Report(error.Error);   // A topic not yet there, a member that was too slow: librdkafka goes on by itself.
            return null;
        }
    }

    private void HandleWhenPossible(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record, CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; ; pause = Longer(pause))
        {
            try
            {
                Handle(record);
                _consumers.Metrics.Handled(record.Topic);
                break;
            }
            catch (Exception error) when (IsWorthWaitingFor(error))
            {
                _consumers.Metrics.Retried(record.Topic);
                if (pause == FirstPause)
                {
                    LogWaiting(record.Topic, error.Message);
                }

                WaitPaused(consumer, pause, stoppingToken);
            }
#pragma warning disable CA1031 // Whatever a bad record does to its reader, the next one may be good.
            catch (Exception error) when (error is not OperationCanceledException)
#pragma warning restore CA1031
            {
                _consumers.Metrics.Bad(record.Topic);
                LogBad(error, record.Topic, record.Partition.Value, record.Offset.Value);
                break;
            }
        }

        Done(consumer, record);
    }

    // Polls on, or the group would take the partitions away; a record of a partition that came meanwhile is put back.
    private void WaitPaused(IConsumer<byte[], byte[]> consumer, TimeSpan pause, CancellationToken stoppingToken)
    {
        stoppingToken.ThrowIfCancellationRequested();
        consumer.Pause(consumer.Assignment);
        if (Consume(consumer, pause) is { } early)
        {
            consumer.Seek(early.TopicPartitionOffset);
        }

        consumer.Resume(consumer.Assignment);
    }

    private void Done(IConsumer<byte[], byte[]> consumer, ConsumeResult<byte[], byte[]> record)
    {
        if (_options.GroupId is null || _options.OwnOffsets)
        {
            return;
        }

        try
        {
            consumer.StoreOffset(record);
        }
        catch (KafkaException error) when (error.Error.Code == ErrorCode.Local_State)
        {
            // The partition went to another member, which will handle the record again.
        }
    }

    private static bool IsWorthWaitingFor(Exception error) => error is RetryLaterException || PostgresRetry.IsAway(error);

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    [LoggerMessage(Level = LogLevel.Warning, Message = "A record of {Topic} waits: {Reason}")]
    private partial void LogWaiting(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading {Topic} was interrupted and goes on as soon as it can: {Reason}")]
    private partial void LogInterrupted(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Skipped a bad record: {Topic} [{Partition}] at {Offset}.")]
    private partial void LogBad(Exception error, string topic, int partition, long offset);
}
