using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>Average run lengths against the published exact ones, by seeded simulation; bounds are four standard errors.</summary>
public class RunLengthTests
{
    [Theory]
    [InlineData(0.05, 2.490, 370)]
    [InlineData(0.10, 2.701, 370)]
    [InlineData(0.20, 2.859, 370)]
    [InlineData(0.30, 2.925, 370)]
    [InlineData(0.20, 3.187, 1000)]
    public void Ewma_NoShift_RunsAsLongAsPublished(double weight, double width, double expected) =>
        AssertMean(expected, expected, 1500, seed => Run(new EwmaChart(weight, width, steadyLimit: true).Observe, 0, seed));

    [Theory]
    [InlineData(0.05, 2.884, 12.8)]
    [InlineData(0.10, 3.059, 11.7)]
    [InlineData(0.20, 3.187, 12.5)]
    [InlineData(0.30, 3.238, 14.9)]
    public void Ewma_ShiftOfOne_IsFoundAsSoonAsPublished(double weight, double width, double expected) =>
        AssertMean(expected, 12, 4000, seed => Run(new EwmaChart(weight, width, steadyLimit: true).Observe, 1, seed));

    [Theory]
    [InlineData(4, 335)]
    [InlineData(5, 931)]
    [InlineData(5.07, 1000)]
    public void Cusum_NoShift_RunsAsLongAsPublished(double limit, double expected) =>
        AssertMean(expected, expected, 1500, seed => Run(new CusumChart(0.5, limit).Observe, 0, seed));

    [Theory]
    [InlineData(4, 8.4)]
    [InlineData(5, 10.4)]
    [InlineData(6, 12.4)]
    [InlineData(8, 16.4)]
    public void Cusum_ShiftOfOne_IsFoundAsSoonAsPublished(double limit, double expected) =>
        AssertMean(expected, 6, 4000, seed => Run(new CusumChart(0.5, limit).Observe, 1, seed));

    [Fact]
    public void PageHinkley_Defaults_AreQuietOn200000StationarySamples()
    {
        var normal = new Normal(1);
        var detector = new PageHinkley();

        Assert.DoesNotContain(Enumerable.Range(0, 200_000), _ => detector.Observe(normal.Next()));
    }

    [Fact]
    public void Adwin_Stationary_CutsSeldom()
    {
        var normal = new Normal(2);
        var detector = new Adwin();

        // 1,000 checks: δ = 0.002 bounds the false cuts of each by 0.2 %.
        Assert.True(Enumerable.Range(0, 32_000).Count(_ => detector.Observe(normal.Next())) <= 2);
        Assert.True(detector.Width > 10_000);
    }

    private static int Run(Func<double, bool> observe, double shift, int seed)
    {
        var normal = new Normal(seed);
        for (var window = 1; ; window++)
        {
            if (observe(shift + normal.Next()))
            {
                return window;
            }
        }
    }

    private static void AssertMean(double expected, double deviation, int runs, Func<int, int> run)
    {
        var mean = Enumerable.Range(1, runs).Average(run);

        // Published values are rounded to the last digit shown.
        Assert.InRange(mean, expected - (4 * deviation / Math.Sqrt(runs)) - 0.05, expected + (4 * deviation / Math.Sqrt(runs)) + 0.05);
    }
}
