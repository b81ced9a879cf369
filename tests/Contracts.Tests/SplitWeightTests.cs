namespace RateLimitSuite.Contracts.Tests;

public class SplitWeightTests
{
    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0.5, 1.2)]      // 2 · (1 − 0.8 · 0.5)
    [InlineData(5, 1, 1)]
    [InlineData(1, 7, 0.2)]        // as a risk of 1
    [InlineData(1, -1, 1)]
    [InlineData(1e-9, 0, 1e-6)]    // never nothing: a weight is divided by
    public void Of_TierAndRisk_IsTheTierLessFourFifthsOfTheRisk(double tier, double risk, double weight) =>
        Assert.Equal(weight, SplitWeight.Of(tier, risk), 1e-12);
}
