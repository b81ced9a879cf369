using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Tests.Extraction;

public sealed class TimeSplitTests
{
    [Fact]
    public void Of_Share_HoldsOutTheNewestWindowsAfterAGap()
    {
        var rows = new Traffic { Clients = 10, Window = LoopProfile.Smoke.Window }.Columns(1_000);   // 100 windows

        var split = TimeSplit.Of(rows, LoopProfile.Smoke, first: true);

        Assert.Equal(790, split.HoldoutStart);          // row 799 is in window 79, which starts at row 790
        Assert.Equal(750, split.TrainEnd);              // 4 windows earlier
    }

    [Fact]
    public void Of_Production_HoldsOutADay()
    {
        var rows = new Traffic { Clients = 1, Window = TimeSpan.FromHours(1) }.Columns(169);

        var split = TimeSplit.Of(rows, LoopProfile.Production, first: false);

        Assert.Equal(TimeSpan.FromHours(24).Ticks, rows.Timestamp[^1] - rows.Timestamp[split.HoldoutStart]);
    }

    [Fact]
    public void Of_NoRows_IsEmpty() => Assert.Equal(default, TimeSplit.Of(new(FeatureSchema.V1), LoopProfile.Smoke, first: true));
}
