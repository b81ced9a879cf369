namespace RateLimitSuite.TestSupport;

/// <summary>A clock that moves only when a test moves it; its timers fire on the test's own thread, in order.</summary>
/// <remarks>Times between are kept exact: a timer that is due at 3 s sees the clock at 3 s, however far <see cref="Advance"/> goes.
/// Continuations of <c>Task.Delay</c> may still run on the pool; wait for what they do.</remarks>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private readonly DateTimeOffset _start = start.ToUniversalTime();
    private TimeSpan _elapsed;

    /// <summary>Starts on a Wednesday at noon, 2026-01-07 12:00 UTC.</summary>
    public ManualTimeProvider()
        : this(new DateTimeOffset(2026, 1, 7, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Timers that will fire.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock)
            {
                return _timers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            return _start + _elapsed;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return _elapsed.Ticks;
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, firing what comes due on the way.</summary>
    /// <param name="by">How far; not negative.</param>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan until;
        lock (_lock)
        {
            until = _elapsed + by;
        }

        while (NextDue(until) is { } timer)
        {
            timer.Fire();
        }
    }

    /// <summary>Done when at least so many timers are waiting: the code under test has come to its delay.</summary>
    /// <param name="count">How many timers.</param>
    /// <param name="atMost">Real time to wait; the task then fails. Default 10 s.</param>
    public Task WaitForTimersAsync(int count, TimeSpan? atMost = null)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waits.Add((count, reached));
            SignalWaits();
        }

        return reached.Task.WaitAsync(atMost ?? TimeSpan.FromSeconds(10));
    }

    private ManualTimer? NextDue(TimeSpan until)
    {
        lock (_lock)
        {
            var next = _timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
            if (next is null)
            {
                _elapsed = until;
                return null;
            }

            _elapsed = next.DueAt > _elapsed ? next.DueAt : _elapsed;
            _timers.Remove(next);
            if (next.Period != Timeout.InfiniteTimeSpan)
            {
                next.DueAt = _elapsed + next.Period;
                _timers.Add(next);
            }

            return next;
        }
    }

    // The caller holds the lock.
    private void SignalWaits()
    {
        foreach (var (_, reached) in _waits.Where(wait => wait.Count <= _timers.Count))
        {
            reached.TrySetResult();
        }

        _waits.RemoveAll(wait => wait.Reached.Task.IsCompleted);
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan DueAt { get; set; }

        public TimeSpan Period { get; private set; } = Timeout.InfiniteTimeSpan;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
                Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = clock._elapsed + dueTime;
                    clock._timers.Add(this);
                }

                clock.SignalWaits();
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock._lock)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
