namespace RateLimitSuite.Limiter;

/// <summary>Monotonic time for buckets and windows, and the UTC event time that belongs to it.</summary>
/// <remarks>A clock read costs as much as a whole decision, so the UTC time is derived from the monotonic one and only re-anchored
/// once a second: a stepped wall clock moves event times within a second and never moves a bucket.</remarks>
internal sealed class LimiterClock
{
    private static readonly TimeSpan AnchorLife = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly double _ticksPerStamp;
    private volatile Anchor _anchor;

    public LimiterClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _ticksPerStamp = (double)TimeSpan.TicksPerSecond / time.TimestampFrequency;
        _anchor = new Anchor(TimeSpan.Zero, time.GetUtcNow());
    }

    /// <summary>Time since the clock was made; never steps back.</summary>
    public TimeSpan Now => new((long)((_time.GetTimestamp() - _start) * _ticksPerStamp));

    /// <summary>Event time, Unix microseconds UTC, of a moment that <see cref="Now"/> gave less than seconds ago.</summary>
    public long UnixMicroseconds(TimeSpan now)
    {
        var anchor = Fresh(now);
        return anchor.UnixMicroseconds + (now - anchor.At).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    /// <summary>UTC hour of day, 0..23, of a moment that <see cref="Now"/> gave less than seconds ago.</summary>
    public int Hour(TimeSpan now) => Fresh(now).Hour;

    /// <summary>The UTC time of a monotonic moment.</summary>
    public DateTimeOffset Utc(TimeSpan now) => DateTimeOffset.UnixEpoch.AddTicks(UnixMicroseconds(now) * TimeSpan.TicksPerMicrosecond);

    private Anchor Fresh(TimeSpan now)
    {
        var anchor = _anchor;
        if (now - anchor.At < AnchorLife)
        {
            return anchor;
        }

        // Two threads may both renew it; either result is right.
        return _anchor = new Anchor(now, _time.GetUtcNow());
    }

    private sealed class Anchor(TimeSpan at, DateTimeOffset utc)
    {
        public TimeSpan At { get; } = at;

        public long UnixMicroseconds { get; } = (utc - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

        public int Hour { get; } = utc.UtcDateTime.Hour;
    }
}
