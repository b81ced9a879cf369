using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Consuming;

/// <summary>One assigned partition: its windows, how far it was read, and what is not written yet.</summary>
internal sealed class PartitionReader
{
    private readonly List<LabelledWindow> _unwritten = [];
    private long _decisionsOffset;
    private long _outcomesOffset;
    private bool _dirty;

    /// <summary>Continues from a checkpoint, or begins.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="logIdentity">Name of the broker's log.</param>
    /// <param name="stored">The last checkpoint; null: none.</param>
    /// <param name="options">How windows are cut.</param>
    public PartitionReader(int partition, string logIdentity, StoredCheckpoint? stored, WindowOptions options)
    {
        Partition = partition;
        LogIdentity = logIdentity;
        Version = stored?.Version ?? 0;
        Windows = stored is null ? new(options) : PartitionCheckpoint.Read(stored.State, options);
        if (stored?.Offsets.LogIdentity == logIdentity)
        {
            (_decisionsOffset, _outcomesOffset) = (stored.Offsets.Decisions, stored.Offsets.Outcomes);
        }
    }

    /// <summary>Number of the partition.</summary>
    public int Partition { get; }

    /// <summary>Name of the broker's log.</summary>
    public string LogIdentity { get; }

    /// <summary>Version of the last checkpoint.</summary>
    public long Version { get; private set; }

    /// <summary>The windows.</summary>
    public PartitionWindows Windows { get; }

    /// <summary>Labelled windows that are not written yet.</summary>
    public int Unwritten => _unwritten.Count;

    /// <summary>Rows written since this process has the partition.</summary>
    public long RowsWritten { get; private set; }

    /// <summary>Whether anything changed since the last checkpoint.</summary>
    public bool IsDirty => _dirty || _unwritten.Count > 0;

    /// <summary>Monotonic time of the last decision record, in ticks of the clock.</summary>
    public long DecisionReadAt { get; set; }

    /// <summary>Monotonic time of the last outcome record.</summary>
    public long OutcomeReadAt { get; set; }

    /// <summary>Offset of the first record to read of a topic.</summary>
    public long StartOf(string topic) => topic == Topics.Decisions ? _decisionsOffset : _outcomesOffset;

    /// <summary>Notes a record as read, whether or not it could be understood: it is not read again.</summary>
    public void Passed(string topic, long offset)
    {
        _dirty = true;
        if (topic == Topics.Decisions)
        {
            _decisionsOffset = offset + 1;
        }
        else
        {
            _outcomesOffset = offset + 1;
        }
    }

    /// <summary>Takes in a batch of decisions.</summary>
    public void Add(DecisionBatch batch, long nowUs)
    {
        foreach (var decision in batch.Decisions)
        {
            Windows.Add(decision, batch.SchemaHash, nowUs);
        }
    }

    /// <summary>Takes in a batch of outcomes.</summary>
    public void Add(OutcomeBatch batch, long nowUs)
    {
        foreach (var outcome in batch.Outcomes)
        {
            Windows.Add(outcome, nowUs);
        }
    }

    /// <summary>Labels what can be labelled.</summary>
    public void Advance() => _unwritten.AddRange(Windows.Advance());

    /// <summary>Writes everything there is, with the offsets.</summary>
    /// <exception cref="PartitionLostException">Another consumer has the partition.</exception>
    public void Write(MetricsStore store)
    {
        var labelledUs = Windows.LabelledThroughUs;
        var commit = new PartitionCommit(
            Partition,
            new(LogIdentity, _decisionsOffset, _outcomesOffset),
            PartitionCheckpoint.Write(Windows),
            labelledUs > 0 ? DateTimeOffset.UnixEpoch.AddTicks(labelledUs * TimeSpan.TicksPerMicrosecond) : null,
            Windows.Counts,
            _unwritten);
        RowsWritten += store.Write(commit, Version);
        Version++;
        _unwritten.Clear();
        _dirty = false;
    }
}
