using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class HourlyBaselineTests
{
    private static readonly DateTimeOffset Monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Standardise_AWeekMissing_SaysNothing()
    {
        var baseline = new HourlyBaseline();
        for (var hour = 0; hour < 167; hour++)
        {
            baseline.Learn(Monday.AddHours(hour), hour);
        }

        Assert.False(baseline.Ready);
        Assert.Equal(0, baseline.Standardise(Monday, 1e9));
    }

    [Fact]
    public void Standardise_DailyRhythm_IsTakenOut()
    {
        var normal = new Normal(7);
        var baseline = new HourlyBaseline();
        double Value(int hour) => Math.Sin(hour % 24 / 24.0 * 2 * Math.PI) + (0.1 * normal.Next());
        for (var hour = 0; hour < 672; hour++)
        {
            baseline.Learn(Monday.AddHours(hour), Value(hour));
        }

        var values = Enumerable.Range(672, 168).Select(h => baseline.Standardise(Monday.AddHours(h), Value(h))).ToList();

        // Without the profile the rhythm alone has a spread of 0.7, seven times the noise.
        Assert.InRange(Math.Sqrt(values.Average(v => v * v)), 0.5, 1.6);
    }
}
