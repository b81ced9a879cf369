using RateLimitSuite.DriftMonitor.Windows;

namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>What one partition has come to, to be written as a whole or not at all.</summary>
/// <param name="Partition">Number of the partition, the same in both topics.</param>
/// <param name="Offsets">Where to go on reading, under which log.</param>
/// <param name="State">The open windows.</param>
/// <param name="LabelledThrough">Every window that ended by then is labelled; null: none yet.</param>
/// <param name="Counts">Events so far.</param>
/// <param name="Windows">Labelled windows that are not written yet.</param>
internal sealed record PartitionCommit(
    int Partition,
    PartitionOffsets Offsets,
    byte[] State,
    DateTimeOffset? LabelledThrough,
    EventCounts Counts,
    IReadOnlyList<LabelledWindow> Windows);
