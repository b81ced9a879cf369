namespace RateLimitSuite.Limiter.Events;

/// <summary>One record for the log.</summary>
/// <param name="Topic">One of <see cref="Contracts.Topics"/>.</param>
/// <param name="Key">Partitions by it.</param>
/// <param name="Value">Protobuf.</param>
/// <param name="Events">Events in it, for the count of what was lost.</param>
internal sealed record EventRecord(string Topic, string Key, byte[] Value, int Events);
