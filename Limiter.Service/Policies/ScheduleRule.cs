namespace RateLimitSuite.Limiter.Policies;

/// <summary>A part of the week, in UTC, in which other settings of a policy are in force.</summary>
/// <param name="Days">On which days it begins: bit i stands for day i of <see cref="DayOfWeek"/>.</param>
/// <param name="From">Time of day of its begin, in force from then on.</param>
/// <param name="To">Time of day of its end, no longer in force; at or before <paramref name="From"/>: of the next day.</param>
/// <param name="Policy">The policy as it is then.</param>
internal sealed record ScheduleRule(int Days, TimeSpan From, TimeSpan To, Policy Policy)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => To > From ? To - From : To - From + Day;

    /// <summary>Whether it is in force at a moment.</summary>
    public bool Covers(DateTime utc) => Begins(utc.Date) is { } today && utc >= today && utc < today + Length
        || Begins(utc.Date - Day) is { } yesterday && utc >= yesterday && utc < yesterday + Length;

    /// <summary>The first begin or end after a moment.</summary>
    public DateTime NextChange(DateTime utc)
    {
        var next = DateTime.MaxValue;
        for (var days = -1; days <= 7; days++)
        {
            if (Begins(utc.Date.AddDays(days)) is { } begin)
            {
                next = begin > utc && begin < next ? begin : next;
                next = begin + Length > utc && begin + Length < next ? begin + Length : next;
            }
        }

        return next;
    }

    private DateTime? Begins(DateTime date) => (Days & 1 << (int)date.DayOfWeek) != 0 ? date + From : null;
}
