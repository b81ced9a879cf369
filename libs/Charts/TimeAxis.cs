namespace RateLimitSuite.Charts;

/// <summary>Ticks of a time axis at full seconds, minutes, hours or days.</summary>
public static class TimeAxis
{
    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12),
        TimeSpan.FromDays(1), TimeSpan.FromDays(2), TimeSpan.FromDays(7), TimeSpan.FromDays(28),
    ];

    /// <summary>Ticks within an interval, in UTC, with the text of each.</summary>
    /// <param name="from">Start of the interval.</param>
    /// <param name="to">Its end; before <paramref name="from"/> gives none.</param>
    /// <param name="most">Ticks at most, 1 or more.</param>
    public static IReadOnlyList<(DateTimeOffset At, string Text)> Ticks(DateTimeOffset from, DateTimeOffset to, int most)
    {
        var ticks = new List<(DateTimeOffset, string)>();
        var step = Array.Find(Steps, s => (to - from) / s <= Math.Max(1, most));
        step = step == TimeSpan.Zero ? (to - from) / Math.Max(1, most) : step;
        if (to <= from)
        {
            return ticks;
        }

        var first = ((from.UtcTicks + step.Ticks - 1) / step.Ticks) * step.Ticks;
        for (var at = first; at <= to.UtcTicks && ticks.Count <= most; at += step.Ticks)
        {
            var tick = new DateTimeOffset(at, TimeSpan.Zero);
            ticks.Add((tick, Text(tick, step)));
        }

        return ticks;
    }

    private static string Text(DateTimeOffset at, TimeSpan step) => at.ToString(
        step < TimeSpan.FromMinutes(1) ? "HH:mm:ss" : step < TimeSpan.FromDays(1) ? "HH:mm" : "d MMM", Invariant.Culture);
}
