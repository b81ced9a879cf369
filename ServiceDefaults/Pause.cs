namespace RateLimitSuite.ServiceDefaults;

/// <summary>Pauses between attempts at something that is away: each twice as long as the one before, up to a bound.</summary>
internal static class Pause
{
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public static TimeSpan After(TimeSpan pause) => pause * 2 < Longest ? pause * 2 : Longest;
}
