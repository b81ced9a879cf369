namespace RateLimitSuite.Limiter.Events;

/// <summary>Where records of events go; Kafka, or a list in a test.</summary>
internal interface IEventLog
{
    /// <summary>Hands a record over without waiting.</summary>
    /// <param name="record">The record.</param>
    /// <param name="lost">Called, on any thread, if it could not be delivered after all.</param>
    /// <returns>False where the log takes nothing now.</returns>
    bool TrySend(EventRecord record, Action<EventRecord> lost);

    /// <summary>Delivers a record.</summary>
    /// <returns>False where it could not be delivered.</returns>
    Task<bool> SendAsync(EventRecord record, CancellationToken cancellationToken);
}
