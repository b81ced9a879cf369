namespace RateLimitSuite.Limiter.Clients;

/// <summary>Where a client lives in the table, for others to come back to it. Void once the client was evicted.</summary>
/// <param name="Slot">Slot within its shard; -1: not known.</param>
/// <param name="Client">Who it is, by which its shard is found, and a slot that was given to another is told.</param>
internal readonly record struct ClientHandle(int Slot, ClientFingerprint Client);
