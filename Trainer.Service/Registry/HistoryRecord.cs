namespace RateLimitSuite.Trainer.Registry;

/// <summary>One entry of the registry's history.</summary>
/// <param name="Number">1, 2, 3, … without a gap.</param>
/// <param name="At">UTC, whole microseconds.</param>
/// <param name="Event">One of <see cref="RegistryEvents"/>.</param>
/// <param name="Version">The model it happened to.</param>
/// <param name="Actor">Who did it: a person's name, or <c>trainer</c>.</param>
/// <param name="Reason">In words.</param>
/// <param name="PreviousHash">Hash of the entry before.</param>
/// <param name="Hash">See <see cref="HistoryChain"/>.</param>
internal sealed record HistoryRecord(
    long Number, DateTimeOffset At, string Event, string Version, string Actor, string Reason, string PreviousHash, string Hash);
