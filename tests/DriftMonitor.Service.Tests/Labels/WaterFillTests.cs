using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class WaterFillTests
{
    [Fact]
    public void Level_EverybodyFits_IsUnbounded() => Assert.Equal(double.PositiveInfinity, WaterFill.Level([1, 2, 3], [1, 1, 1], 6));

    [Fact]
    public void Level_OneWantsTooMuch_TakesOnlyFromIt() =>
        Assert.Equal(3, WaterFill.Level([1, 2, 6], [1, 1, 1], 6), 12);   // 1 + 2 + 3 = 6

    [Fact]
    public void Level_Weights_CountTheLevelPerWeight() =>
        Assert.Equal(2, WaterFill.Level([9, 9], [1, 2], 6), 12);   // 2·1 + 2·2 = 6

    [Fact]
    public void Level_SmallDemandOfGreatWeight_IsServedFirst() =>
        Assert.Equal(5, WaterFill.Level([1, 9], [10, 1], 6), 12);   // 1 in full, then 5·1

    [Fact]
    public void Level_NoCapacity_IsZero() => Assert.Equal(0, WaterFill.Level([1, 2], [1, 1], 0));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Level_AnyLoad_UsesTheCapacityUp(int seed)
    {
        var random = new Random(seed);
        var demands = Enumerable.Range(0, 200).Select(_ => random.NextDouble() * 10).ToArray();
        var weights = Enumerable.Range(0, 200).Select(_ => 0.1 + random.NextDouble()).ToArray();
        var capacity = demands.Sum() * 0.6;

        var level = WaterFill.Level(demands, weights, capacity);

        Assert.Equal(capacity, demands.Zip(weights, (d, w) => Math.Min(d, level * w)).Sum(), 9);
    }
}
