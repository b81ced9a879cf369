namespace RateLimitSuite.Limiter.Clients;

/// <summary>What a sketch knows of one of the clients that ask most.</summary>
/// <param name="IdUtf8">The client's id.</param>
/// <param name="Policy">Number of its policy.</param>
/// <param name="Weight">Requests, those of the past counting less; too large by <paramref name="Error"/> at most, and never too small.</param>
/// <param name="Error">What of the weight may be others'.</param>
/// <param name="Decisions">Decisions since it has been counted by itself: at most as many as there were.</param>
/// <param name="Throttled">Of these, throttled.</param>
internal sealed record HeavyClient(byte[] IdUtf8, int Policy, long Weight, long Error, long Decisions, long Throttled);
