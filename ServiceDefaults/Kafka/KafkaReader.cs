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
    private readonly KafkaConsumerFactory _consumers;
    private readonly KafkaReaderOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
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
        var pause = Pause.First;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                Read(() => pause = Pause.First, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is KafkaException or TimeoutException || IsWorthWaitingFor(error))
            {
                if (pause == Pause.First)
                {
                    LogInterrupted(_options.Topics[0], error.Message);
                }

                stoppingToken.WaitHandle.WaitOne(pause);
                pause = Pause.After(pause);
            }
        }
    }

    // One session: until the host stops, the client fails, or the broker comes back with another log.
    private void Read(Action succeeded, CancellationToken stoppingToken)
    {
        var outages = _consumers.Outage.Count;
        var identity = DependsOnTheLog ? LogIdentity.Find(_consumers, KnownLogIdentity, stoppingToken) : "";
        using var session = Open(identity);
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            var record = session.Consume(_options.TickEvery);
            var answers = record is not null || !_consumers.Outage.IsAway;
            if (DependsOnTheLog && answers && outages != _consumers.Outage.Count)
            {
                outages = _consumers.Outage.Count;
                if (LogIdentity.Find(_consumers, identity, stoppingToken) != identity)
                {
                    return;   // The record in hand is of another log, which is read from where the next session starts.
                }
            }

            if (record is not null)
            {
                succeeded();
                Take(session, record, stoppingToken);
            }

            TickWhenDue();
        }
    }

    // A group's offsets are the broker's own and go with its log; others would point into a log that is gone.
    private bool DependsOnTheLog => _options.OwnOffsets || _options.GroupId is null;

    private KafkaSession Open(string identity)
    {
        Offset StartOfThisLog(TopicPartition partition) => _options.OwnOffsets ? StartOf(partition, identity) : Offset.Beginning;
        return _options.GroupId is { } group
            ? KafkaSession.Join(_consumers, group, _options, StartOfThisLog, Revoked)
            : KafkaSession.Assign(_consumers, _options, StartOfThisLog);
    }

    private void Take(KafkaSession session, ConsumeResult<byte[], byte[]> record, CancellationToken stoppingToken)
    {
        if (!record.IsPartitionEOF)
        {
            HandleWhenPossible(session, record, stoppingToken);
            session.Done(record);
        }
        else if (session.IsLastEnd(record))
        {
            CaughtUp();
        }
    }

    private void TickWhenDue()
    {
        if (_clock.GetElapsedTime(_tickedAt) >= _options.TickEvery)
        {
            _tickedAt = _clock.GetTimestamp();
            Tick();
        }
    }

    private void HandleWhenPossible(KafkaSession session, ConsumeResult<byte[], byte[]> record, CancellationToken stoppingToken)
    {
        for (var pause = Pause.First; ; pause = Pause.After(pause))
        {
            try
            {
                Handle(record);
                _consumers.Metrics.Handled(record.Topic);
                return;
            }
            catch (Exception error) when (IsWorthWaitingFor(error))
            {
                _consumers.Metrics.Retried(record.Topic);
                if (pause == Pause.First)
                {
                    LogWaiting(record.Topic, error.Message);
                }
            }
#pragma warning disable CA1031 // Whatever a bad record does to its reader, the next one may be good.
            catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _consumers.Metrics.Bad(record.Topic);
                LogBad(error, record.Topic, record.Partition.Value, record.Offset.Value);
                return;
            }

            stoppingToken.ThrowIfCancellationRequested();
            session.Wait(pause);
        }
    }

    private static bool IsWorthWaitingFor(Exception error) => error is RetryLaterException || PostgresRetry.IsAway(error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A record of {Topic} waits: {Reason}")]
    private partial void LogWaiting(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reading {Topic} was interrupted and goes on as soon as it can: {Reason}")]
    private partial void LogInterrupted(string topic, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Skipped a bad record: {Topic} [{Partition}] at {Offset}.")]
    private partial void LogBad(Exception error, string topic, int partition, long offset);
}
