namespace RateLimitSuite.Limiter.Clients;

/// <summary>Where a client lives in the table, for the control loop to come back to it. Void once the client was evicted.</summary>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Slot">Slot within the shard.</param>
/// <param name="Hash">The client's hash, by which a slot that was given to another is told.</param>
internal readonly record struct ClientHandle(int Shard, int Slot, ulong Hash);
