namespace RateLimitSuite.Limiter.Clients;

/// <summary>Where a client lives in the table, for others to come back to it. Void once the client was evicted.</summary>
/// <param name="Shard">Number of the shard.</param>
/// <param name="Slot">Slot within the shard.</param>
/// <param name="Client">Who it is, by which a slot that was given to another is told.</param>
internal readonly record struct ClientHandle(int Shard, int Slot, ClientFingerprint Client);
