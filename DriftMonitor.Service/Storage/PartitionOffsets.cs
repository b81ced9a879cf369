namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>Where to go on reading a partition.</summary>
/// <param name="LogIdentity">Name of the broker's log: under another one the offsets mean nothing.</param>
/// <param name="Decisions">Offset of the next record of topic <c>decisions</c>.</param>
/// <param name="Outcomes">Offset of the next record of topic <c>outcomes</c>.</param>
internal sealed record PartitionOffsets(string LogIdentity, long Decisions, long Outcomes);
