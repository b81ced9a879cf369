namespace RateLimitSuite.Limiter;

/// <summary>Monotonic time for buckets and windows, and the UTC event time that belongs to it.</summary>
/// <remarks>A clock read costs as much as a whole decision, so the UTC time is derived from the monotonic one and only re-anchored
/// once a second: a stepped wall clock moves event times within a second and never moves a bucket.</remarks>
internal sealed class LimiterClock
{
    private static readonly TimeSpan AnchorLife = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ulong _ticksPerStamp;   // in parts of 2⁶³, rounded up: a product of integers is quicker than the way to a double and back
    private volatile Anchor _anchor;

    /// <param name="time">With timestamps of at least ten million a second, as every system has them.</param>
    public LimiterClock(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        ArgumentOutOfRangeException.ThrowIfLessThan(time.TimestampFrequency, TimeSpan.TicksPerSecond);
        var frequency = (UInt128)time.TimestampFrequency;
        _ticksPerStamp = (ulong)((((UInt128)TimeSpan.TicksPerSecond << 63) + frequency - 1) / frequency);
        _anchor = new Anchor(TimeSpan.Zero, time.GetUtcNow());
    }

    /// <summary>Time since the clock was made; never steps back.</summary>
    public TimeSpan Now => new((long)Math.BigMul((ulong)(_time.GetTimestamp() - _start) << 1, _ticksPerStamp, out _));

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
