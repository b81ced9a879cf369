namespace RateLimitSuite.Charts.Tests;

public sealed class NumberAxisTests
{
    [Theory]
    [InlineData(0, 97, 5, new double[] { 0, 50, 100 })]                   // 97 / 4 = 24.25, the next nice step is 50
    [InlineData(0, 80, 5, new double[] { 0, 20, 40, 60, 80 })]            // 80 / 4 = 20
    [InlineData(0, 0.3, 4, new double[] { 0, 0.1, 0.2, 0.3 })]            // not 0.30000000000000004
    [InlineData(-3, 12, 4, new double[] { -5, 0, 5, 10, 15 })]            // 15 / 3 = 5, floor(-0.6) = -1, ceil(2.4) = 3
    [InlineData(1000, 1001, 3, new double[] { 1000, 1000.5, 1001 })]
    public void Covering_Range_HasRoundTicksAroundIt(double low, double high, int count, double[] ticks)
    {
        var axis = NumberAxis.Covering(low, high, count);

        Assert.Equal(ticks, axis.Ticks);
        Assert.Equal((ticks[0], ticks[^1]), (axis.From, axis.To));
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(double.NaN, 3)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(5, 2)]
    public void Covering_NoRange_StillHasTwoTicks(double low, double high)
    {
        var axis = NumberAxis.Covering(low, high);

        Assert.True(axis.Ticks.Count >= 2 && axis.From < axis.To);
        Assert.All(axis.Ticks, tick => Assert.True(double.IsFinite(tick)));
    }

    [Fact]
    public void Map_AndInvert_AreEachOthersInverse()
    {
        var scale = new LinearScale(10, 30, 100, 0);

        Assert.Equal(75, scale.Map(15));   // a quarter of the way from 100 to 0
        Assert.Equal(15, scale.Invert(75));
        Assert.Equal(50, new LinearScale(4, 4, 0, 100).Map(4));
    }
}
