using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Says once that Kafka is away, however often librdkafka repeats itself.</summary>
/// <remarks>librdkafka reports every failed attempt, about every ten seconds at most, and never the success. So an outage lasts until a
/// record comes, or until nothing was reported for <see cref="QuietAfter"/>. A time-out of a single connection is no outage.</remarks>
internal sealed partial class KafkaOutage(KafkaMetrics metrics, TimeProvider clock, ILogger<KafkaOutage> logger)
{
    public static readonly TimeSpan QuietAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private bool _away;
    private long _reportedAt;
    private int _count;

    /// <summary>Outages so far: a reader that sees a new number asks whether the log is still the one it knew.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether no broker can be reached now, as far as anyone knows.</summary>
    public bool IsAway
    {
        get
        {
            lock (_lock)
            {
                return _away && clock.GetElapsedTime(_reportedAt) < QuietAfter;
            }
        }
    }

    public void Report(Error error)
    {
        if (error.IsFatal)
        {
            LogFatal(error.Reason);
        }
        else if (error.Code == ErrorCode.Local_AllBrokersDown && Begins())
        {
            metrics.Outage();
            LogAway(error.Reason);
        }
    }

    /// <summary>Something came from a broker.</summary>
    public void Over()
    {
        if (!Volatile.Read(ref _away))
        {
            return;   // Called for every record.
        }

        lock (_lock)
        {
            _away = false;
        }

        LogBack();
    }

    private bool Begins()
    {
        lock (_lock)
        {
            var begins = !_away || clock.GetElapsedTime(_reportedAt) >= QuietAfter;
            (_away, _reportedAt) = (true, clock.GetTimestamp());
            _count += begins ? 1 : 0;
            return begins;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka is away: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kafka is back.")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "A Kafka client failed for good: {Reason}")]
    private partial void LogFatal(string reason);
}
