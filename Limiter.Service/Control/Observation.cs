namespace RateLimitSuite.Limiter.Control;

/// <summary>Whether enough of a backend's admissions come back as outcomes to steer by: half of those of 10 to 20 s ago.</summary>
/// <remarks>While the backend is younger than that, half of what was admitted over 2 s ago must have come back. Any thread may count.</remarks>
internal sealed class Observation
{
    private const int Seconds = 32;
    private const int OldestSecond = 20;
    private const int YoungestSecond = 10;
    private const int YoungBackendSecond = 2;

    private readonly Cell[] _cells = new Cell[Seconds];

    public void Admitted(TimeSpan at) => Interlocked.Increment(ref Touch(at).Admitted);

    public void Reported(TimeSpan admittedAt)
    {
        ref var cell = ref _cells[Slot(admittedAt)];
        if (Volatile.Read(ref cell.Second) == Second(admittedAt))
        {
            Interlocked.Increment(ref cell.Reported);
        }
    }

    /// <summary>True while nothing was admitted in that time: nothing speaks against it.</summary>
    public bool IsObserved(TimeSpan now)
    {
        var (admitted, reported) = Sum(now, OldestSecond, YoungestSecond);
        if (admitted == 0)
        {
            (admitted, reported) = Sum(now, YoungestSecond, YoungBackendSecond);
        }

        return reported * 2 >= admitted;
    }

    private (long Admitted, long Reported) Sum(TimeSpan now, int oldest, int youngest)
    {
        long admitted = 0, reported = 0;
        for (var second = Math.Max(0, Second(now) - oldest); second <= Second(now) - youngest; second++)
        {
            ref var cell = ref _cells[second % Seconds];
            if (cell.Second == second)
            {
                admitted += cell.Admitted;
                reported += cell.Reported;
            }
        }

        return (admitted, reported);
    }

    // The first request of a second clears the cell of half a minute ago; requests that race it may be lost to the count.
    private ref Cell Touch(TimeSpan at)
    {
        ref var cell = ref _cells[Slot(at)];
        var second = Second(at);
        var held = Volatile.Read(ref cell.Second);
        if (held < second && Interlocked.CompareExchange(ref cell.Second, second, held) == held)
        {
            Interlocked.Exchange(ref cell.Admitted, 0);
            Interlocked.Exchange(ref cell.Reported, 0);
        }

        return ref cell;
    }

    private static long Second(TimeSpan at) => at.Ticks / TimeSpan.TicksPerSecond;

    private static long Slot(TimeSpan at) => Second(at) % Seconds;

    private struct Cell
    {
        public long Second;
        public long Admitted;
        public long Reported;
    }
}
