using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class CapacitySplitTests
{
    [Fact]
    public void RateFor_SomebodyConstrained_IsTheWaterLevelAlsoForThoseBelow()
    {
        var split = CapacitySplit.Of([1, 9], [1, 1], 0, 6 / CapacitySplit.Utilisation);

        Assert.Equal(5, split.RateFor(9, 1, true), 12);   // 6 - 1
        Assert.Equal(5, split.RateFor(1, 1, true), 12);
        Assert.Equal(2.5, split.RateFor(0, 0.5, false), 12);   // 5 · 0.5
    }

    [Fact]
    public void RateFor_NobodyConstrained_IsDemandAndAShareOfWhatIsSpare()
    {
        var split = CapacitySplit.Of([1, 2], [1, 3], 0, 7 / CapacitySplit.Utilisation);

        Assert.Equal(2, split.RateFor(1, 1, true), 12);   // 1 + (7 - 3)·1/4
        Assert.Equal(5, split.RateFor(2, 3, true), 12);   // 2 + (7 - 3)·3/4
    }

    [Fact]
    public void RateFor_ClientThatStayedAway_SharesAsIfItHadCome()
    {
        var split = CapacitySplit.Of([1, 2], [1, 3], 0, 7 / CapacitySplit.Utilisation);

        Assert.Equal(0.8, split.RateFor(0, 1, false), 12);   // (7 - 3)·1/(4 + 1)
    }

    [Fact]
    public void RateFor_ClientsThatAskedLately_ShareWhatIsSpare()
    {
        var split = CapacitySplit.Of([1, 2], [1, 3], 4, 7 / CapacitySplit.Utilisation);

        Assert.Equal(1.5, split.RateFor(1, 1, true), 12);   // 1 + (7 - 3)·1/8
        Assert.Equal(0.5, split.RateFor(0, 1, true), 12);   // (7 - 3)·1/8
    }
}
