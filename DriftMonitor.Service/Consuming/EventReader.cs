using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor.Consuming;

/// <summary>Reads decisions and outcomes of the partitions this process has, and writes what became of them.</summary>
/// <remarks>Rows, open windows and offsets go in one transaction, so a crash anywhere leaves a state from which the same records
/// give the same rows. While PostgreSQL is away no further record is taken: they wait in Kafka.</remarks>
internal sealed partial class EventReader(
    KafkaConsumerFactory consumers,
    MetricsStore store,
    SuiteDatabase tables,
    WindowOptions windows,
    IOptions<DriftMonitorOptions> options,
    DriftMonitorMetrics metrics,
    TimeProvider clock,
    ILogger<EventReader> logger)
    : KafkaReader(consumers, ReaderOptions(options.Value), clock, logger)
{
    private static readonly TimeSpan MaintainEvery = TimeSpan.FromHours(1);

    private readonly TimeProvider _clock = clock;
    private readonly Dictionary<int, PartitionReader> _partitions = [];
    private long _readAt = clock.GetTimestamp();
    private long _wroteAt = clock.GetTimestamp();
    private long _checkpointAt = clock.GetTimestamp();
    private long? _maintainedAt;
    private PartitionLostException? _lost;
    private bool _away;

    /// <inheritdoc/>
    protected override string? KnownLogIdentity
    {
        get
        {
            // The tables come with the start of the host; nothing is read before.
            tables.Ready.GetAwaiter().GetResult();
            store.AddFeatureColumns();
            return store.KnownLogIdentity();
        }
    }

    /// <inheritdoc/>
    protected override Offset StartOf(TopicPartition partition, string logIdentity)
    {
        if (!_partitions.TryGetValue(partition.Partition, out var reader) || reader.LogIdentity != logIdentity)
        {
            reader = new(partition.Partition, logIdentity, store.Load(partition.Partition), windows);
            reader.DecisionReadAt = reader.OutcomeReadAt = _clock.GetTimestamp();
            _partitions[partition.Partition] = reader;
            LogAssigned(partition.Partition, reader.StartOf(Topics.Decisions), reader.StartOf(Topics.Outcomes));
        }

        var start = reader.StartOf(partition.Topic);
        return start == 0 ? Offset.Beginning : new Offset(start);
    }

    /// <inheritdoc/>
    protected override void Handle(ConsumeResult<byte[], byte[]> record)
    {
        if (_away)
        {
            Write(all: true);   // Throws while PostgreSQL is away, and this record comes again.
        }

        if (!_partitions.TryGetValue(record.Partition, out var reader))
        {
            return;   // Taken over by another consumer; the next tick starts a new session, which reads it again if it is ours.
        }

        _readAt = _clock.GetTimestamp();
        reader.Passed(record.Topic, record.Offset);
        if (record.Topic == Topics.Decisions)
        {
            reader.DecisionReadAt = _readAt;
            reader.Add(DecisionBatch.Parser.ParseFrom(record.Message.Value), NowUs());
        }
        else
        {
            reader.OutcomeReadAt = _readAt;
            reader.Add(OutcomeBatch.Parser.ParseFrom(record.Message.Value), NowUs());
        }
    }

    /// <inheritdoc/>
    protected override void Tick()
    {
        if (_lost is { } lost)
        {
            _lost = null;
            throw new KafkaException(new Error(ErrorCode.Local_State, lost.Message));
        }

        foreach (var reader in _partitions.Values)
        {
            NoteSilence(reader);
            reader.Advance();
        }

        metrics.Observe(_partitions.Values);
        var checkpoint = _clock.GetElapsedTime(_checkpointAt) >= options.Value.CheckpointEvery;
        if (checkpoint || (_clock.GetElapsedTime(_wroteAt) >= options.Value.WriteEvery && _partitions.Values.Any(p => p.Unwritten > 0)))
        {
            TryWrite(checkpoint);
        }
    }

    /// <inheritdoc/>
    protected override void Revoked(IReadOnlyList<TopicPartition> partitions)
    {
        TryWrite(all: true);
        foreach (var partition in partitions)
        {
            _partitions.Remove(partition.Partition);
        }
    }

    private static KafkaReaderOptions ReaderOptions(DriftMonitorOptions options) => new()
    {
        Topics = [Topics.Decisions, Topics.Outcomes],
        GroupId = options.GroupId,
        OwnOffsets = true,
    };

    // Time goes on where nothing is sent, but only while the broker evidently delivers: else an outage would close windows whose
    // events are still to come. A broker silent as a whole for longer than any window waits has nothing more.
    private void NoteSilence(PartitionReader reader)
    {
        var idle = options.Value.IdleAfter;
        var delivering = _clock.GetElapsedTime(_readAt) < idle || _clock.GetElapsedTime(_readAt) > windows.Timeout + idle;
        if (!delivering || _clock.GetElapsedTime(reader.OutcomeReadAt) < idle)
        {
            return;
        }

        if (_clock.GetElapsedTime(reader.DecisionReadAt) < idle)
        {
            reader.Windows.OutcomesCaughtUp();
        }
        else if (reader.Windows.Backends.Count > 0)
        {
            reader.Windows.CaughtUp(NowUs() - (long)idle.TotalMicroseconds);
        }
    }

    private void TryWrite(bool all)
    {
        try
        {
            Write(all);
        }
        catch (RetryLaterException error)
        {
            if (!_away)
            {
                LogAway(error.InnerException!.Message);
            }

            _away = true;
        }
    }

    private void Write(bool all)
    {
        try
        {
            Maintain();
            foreach (var reader in _partitions.Values.Where(r => r.Unwritten > 0 || (all && r.IsDirty)))
            {
                var before = reader.RowsWritten;
                reader.Write(store);
                metrics.Wrote(reader.RowsWritten - before);
            }
        }
        catch (NpgsqlException error)
        {
            throw new RetryLaterException("PostgreSQL does not take the rows.", error);
        }
        catch (PartitionLostException error)
        {
            // What is held is out of date: a new session of the consumer reads the checkpoints afresh.
            _partitions.Clear();
            _lost = error;
        }

        _away = false;
        _wroteAt = _clock.GetTimestamp();
        _checkpointAt = all ? _wroteAt : _checkpointAt;
    }

    private void Maintain()
    {
        if (_maintainedAt is { } at && _clock.GetElapsedTime(at) < MaintainEvery)
        {
            return;
        }

        store.Maintain(options.Value.Retention);
        _maintainedAt = _clock.GetTimestamp();
    }

    private long NowUs() => (_clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    [LoggerMessage(LogLevel.Information, "Partition {Partition} is read from decision {Decisions} and outcome {Outcomes} on.")]
    private partial void LogAssigned(int partition, long decisions, long outcomes);

    [LoggerMessage(LogLevel.Warning, "Rows wait until PostgreSQL takes them: {Reason}")]
    private partial void LogAway(string reason);
}
