namespace RateLimitSuite.DriftMonitor.Storage;

/// <summary>A partition's last checkpoint.</summary>
/// <param name="Version">Counts its writes: whoever writes must know the last one.</param>
/// <param name="Offsets">Where to go on reading.</param>
/// <param name="State">The open windows.</param>
internal sealed record StoredCheckpoint(long Version, PartitionOffsets Offsets, byte[] State);
