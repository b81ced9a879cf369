using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class WindowSplitTests
{
    [Fact]
    public void LabelFor_NobodyConstrained_AllowsAnyRateUpToAllThatWasSpare()
    {
        var split = WindowSplit.Of([10, 20], [1, 1], idleWeight: 0, new CapacityInterval(90, 100));

        var label = split.LabelFor(demand: 10, weight: 1, counted: true, maximum: 1_000);

        Assert.Equal(10 + (((0.97 * 90) - 30) / 2), label.Lower, 9);
        Assert.Equal(10 + (0.97 * 100) - 30, label.Upper, 9);
        Assert.InRange(label.Rate, label.Lower, 10 + (((0.97 * 100) - 30) / 2));
    }

    [Fact]
    public void LabelFor_SomebodyConstrained_IsTheWaterLevelForAll()
    {
        var split = WindowSplit.Of([10, 200], [1, 1], idleWeight: 0, new CapacityInterval(100, 100));

        var label = split.LabelFor(demand: 10, weight: 1, counted: true, maximum: 1_000);

        Assert.Equal((87, 87, 87), (label.Lower, label.Rate, label.Upper));
    }
}
