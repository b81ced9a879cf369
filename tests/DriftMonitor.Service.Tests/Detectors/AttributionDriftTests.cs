using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class AttributionDriftTests
{
    [Fact]
    public void Distance_SameShares_IsZeroWhateverTheScale() => Assert.Equal(0, AttributionDrift.Distance([1, 2, 3], [10, 20, 30]), 12);

    [Fact]
    public void Distance_NothingInCommon_IsOne() => Assert.Equal(1, AttributionDrift.Distance([1, 0], [0, 5]), 12);

    [Fact]
    public void Distance_HalfMoved_IsAsComputedByHand() =>
        // (1, 0) and (1/2, 1/2): middle (3/4, 1/4); (log2(4/3) + (1/2·log2(2/3) + 1/2·log2 2))/2
        Assert.Equal(Math.Sqrt((Math.Log2(4.0 / 3) + (0.5 * Math.Log2(2.0 / 3)) + 0.5) / 2), AttributionDrift.Distance([1, 0], [1, 1]), 12);

    [Fact]
    public void Distance_NothingInOne_IsTheCallersBug() => Assert.Throws<ArgumentException>(() => AttributionDrift.Distance([0, 0], [1, 1]));

    [Fact]
    public void RankCorrelation_Order_IsAllThatCounts()
    {
        Assert.Equal(1, AttributionDrift.RankCorrelation([1, 2, 3], [1, 5, 100]), 12);
        Assert.Equal(-1, AttributionDrift.RankCorrelation([1, 2, 3], [3, 2, 1]), 12);
    }
}
