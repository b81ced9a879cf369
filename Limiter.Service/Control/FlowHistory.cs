namespace RateLimitSuite.Limiter.Control;

/// <summary>What was admitted to a backend and known to be done, tick by tick, for as long as a report may be late.</summary>
/// <remarks>Reports that come <c>d</c> late show the backend as it was <c>d</c> ago: what had been admitted by then and is not reported now
/// was in it at that time. Both counts only grow. Not thread-safe; allocates nothing.</remarks>
internal sealed class FlowHistory
{
    // Of ten ticks a second: more than the longest delay that is followed.
    private const int Length = 128;

    private readonly (TimeSpan At, double Admitted, double Done)[] _ticks = new (TimeSpan, double, double)[Length];
    private int _count;
    private double _done;

    /// <summary>Counts what was reported or given up.</summary>
    public void Done(double tokens) => _done += tokens;

    /// <summary>Adds a tick.</summary>
    /// <param name="inFlight">Tokens admitted and not done.</param>
    /// <param name="now">Its time; ascending.</param>
    public void Tick(double inFlight, TimeSpan now)
    {
        _ticks[_count % Length] = (now, inFlight + _done, _done);
        _count++;
    }

    /// <summary>Tokens that were in the backend a report's delay before the last tick.</summary>
    public double InBackend(TimeSpan delay)
    {
        var now = LastUntil(TimeSpan.MaxValue);
        return Math.Max(0, LastUntil(now.At - delay).Admitted - now.Done);
    }

    /// <summary>Tokens/s done in the time before the last tick.</summary>
    public double DoneRate(TimeSpan period)
    {
        var now = LastUntil(TimeSpan.MaxValue);
        var then = LastUntil(now.At - period);
        return now.At > then.At ? (now.Done - then.Done) / (now.At - then.At).TotalSeconds : 0;
    }

    // The oldest where all were later.
    private (TimeSpan At, double Admitted, double Done) LastUntil(TimeSpan time)
    {
        var tick = _count - 1;
        while (tick > 0 && tick > _count - Length && _ticks[tick % Length].At > time)
        {
            tick--;
        }

        return tick < 0 ? default : _ticks[tick % Length];
    }
}
