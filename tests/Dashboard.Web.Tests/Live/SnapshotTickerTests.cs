using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Tests.Live;

public sealed class SnapshotTickerTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 4)]
    [InlineData(20, 4)]
    [InlineData(50, 2)]
    public void IsDue_ASecondOfTicks_PushesAsOftenAsViewersAllow(int viewers, int pushes) =>
        Assert.Equal(pushes, Enumerable.Range(0, 4).Count(tick => SnapshotTicker.IsDue(tick, viewers)));
}
