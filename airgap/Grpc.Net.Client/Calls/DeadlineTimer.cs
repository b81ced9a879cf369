namespace Grpc.Net.Client.Calls;

/// <summary>Calls back once at a deadline, however far away.</summary>
internal sealed class DeadlineTimer : IDisposable
{
    // Timers take at most 49 days; a deadline beyond is approached in steps.
    private static readonly TimeSpan Step = TimeSpan.FromDays(40);

    private readonly DateTime _deadline;
    private readonly Action<object> _onDeadline;
    private readonly object _state;
    private readonly ITimer _timer;

    private DeadlineTimer(DateTime deadline, Action<object> onDeadline, object state)
    {
        _deadline = deadline;
        _onDeadline = onDeadline;
        _state = state;
        using (ExecutionContext.SuppressFlow())
        {
            _timer = TimeProvider.System.CreateTimer(
                static state => ((DeadlineTimer)state!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Arm();
    }

    public TimeSpan TimeLeft => _deadline - TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>A running timer; null without a deadline.</summary>
    public static DeadlineTimer? Start(DateTime? deadline, Action<object> onDeadline, object state)
    {
        if (deadline is not { } time || time == DateTime.MaxValue)
        {
            return null;
        }

        if (time.Kind != DateTimeKind.Utc && time != DateTime.MinValue)
        {
            throw new InvalidOperationException($"The deadline {time:O} must be in UTC: its kind is {time.Kind}.");
        }

        return new DeadlineTimer(time, onDeadline, state);
    }

    public void Dispose() => _timer.Dispose();

    private void OnTick()
    {
        if (TimeLeft > TimeSpan.Zero)
        {
            Arm();
        }
        else
        {
            _onDeadline(_state);
        }
    }

    private void Arm()
    {
        var left = TimeLeft;
        // Timers count whole milliseconds: rounded up, so that the deadline has passed when they fire.
        var due = left <= TimeSpan.Zero ? TimeSpan.Zero : left > Step ? Step : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }
}
