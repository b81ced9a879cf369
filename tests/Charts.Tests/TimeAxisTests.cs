namespace RateLimitSuite.Charts.Tests;

public sealed class TimeAxisTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ticks_TenMinutes_FallOnFullMinutes()
    {
        // 600 s / 5 = 120 s: every second minute, from the first full one.
        var ticks = TimeAxis.Ticks(Noon.AddSeconds(30), Noon.AddSeconds(630), 5);

        Assert.Equal(["12:02", "12:04", "12:06", "12:08", "12:10"], ticks.Select(t => t.Text));
    }

    [Fact]
    public void Ticks_FewSeconds_ShowSeconds() =>
        Assert.Equal(["12:00:00", "12:00:05", "12:00:10"], TimeAxis.Ticks(Noon, Noon.AddSeconds(12), 3).Select(t => t.Text));

    [Fact]
    public void Ticks_Days_ShowDates() =>
        Assert.Equal(["2 Mar", "3 Mar"], TimeAxis.Ticks(Noon, Noon.AddDays(2), 2).Select(t => t.Text));

    [Fact]
    public void Ticks_EmptyInterval_AreNone() => Assert.Empty(TimeAxis.Ticks(Noon, Noon, 5));

    [Fact]
    public void Ticks_AnyInterval_AreAtMostAsManyAsThereIsRoomFor() =>
        Assert.All(Enumerable.Range(1, 2_000), i => Assert.True(TimeAxis.Ticks(Noon, Noon.AddSeconds(i * i * 7.3), 6).Count <= 7));
}
