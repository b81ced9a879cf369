namespace RateLimitSuite.Limiter.Events;

/// <summary>Sends records to the log, by way of the spool while the log is away; the order is kept.</summary>
internal sealed partial class EventOutbox(IEventLog log, Spool spool, TimeProvider time, ILogger<EventOutbox> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly StripedCounter _lost = new();
    private readonly SemaphoreSlim _spooled = new(0, 1);

    /// <summary>Events that found no room in the spool.</summary>
    public long Lost => _lost.Sum;

    /// <summary>Bytes that wait on disk.</summary>
    public long SpooledBytes => spool.Bytes;

    /// <summary>Sends a record now if nothing waits before it, else keeps it for later.</summary>
    public void Send(EventRecord record)
    {
        if (!spool.IsEmpty || !log.TrySend(record, Keep))
        {
            Keep(record);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What an earlier process left comes first.
        while (!stoppingToken.IsCancellationRequested)
        {
            if (spool.Peek(out var next) is not { } record)
            {
                await _spooled.WaitAsync(stoppingToken);
            }
            else if (await log.SendAsync(record, stoppingToken))
            {
                spool.Advance(next);
                if (spool.IsEmpty)
                {
                    LogDrained();
                }
            }
            else
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    private void Keep(EventRecord record)
    {
        var first = spool.IsEmpty;
        if (!spool.TryAppend(record))
        {
            _lost.Add(record.Events);
            return;
        }

        if (first)
        {
            LogSpooling();
        }

        try
        {
            _spooled.Release();
        }
        catch (SemaphoreFullException)
        {
            // The drain is awake already.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Kafka takes no events: they wait on disk.")]
    private partial void LogSpooling();

    [LoggerMessage(LogLevel.Information, "All events that waited on disk are in Kafka.")]
    private partial void LogDrained();
}
