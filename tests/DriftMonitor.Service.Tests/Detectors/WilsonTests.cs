using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class WilsonTests
{
    private const double Z = 1.645;

    [Fact]
    public void Lower_TenOfAHundred_IsAsComputedByHand() =>
        // (0.1 + 0.01353 - 1.645·√(0.0009 + 0.00006765)) / 1.02706
        Assert.Equal(0.06072, Wilson.Lower(10, 100, Z), 5);

    [Fact]
    public void Bounds_Nothing_SpanEverything()
    {
        Assert.Equal(0, Wilson.Lower(0, 0, Z));
        Assert.Equal(1, Wilson.Upper(0, 0, Z));
        Assert.Equal(0, Wilson.Lower(0, 500, Z), 12);
        Assert.Equal(1, Wilson.Upper(500, 500, Z), 12);
    }

    [Theory]
    [InlineData(100, 0.56)]
    [InlineData(200, 0.79)]
    [InlineData(500, 0.98)]
    public void Lower_TrueShareOfFivePercent_IsOverTwoAsOftenAsPublished(int n, double power)
    {
        var random = new Random(12345);
        const int Runs = 4_000;

        var over = Enumerable.Range(0, Runs).Count(_ => Wilson.Lower(Enumerable.Range(0, n).Count(_ => random.NextDouble() < 0.05), n, Z) > 0.02);

        Assert.Equal(power, (double)over / Runs, 0.025);   // three standard errors of 4,000 runs
    }
}
