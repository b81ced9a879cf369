using RateLimitSuite.DriftMonitor.Detectors;

namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

public class HysteresisTests
{
    private const int Least = 200;

    [Fact]
    public void Observe_OverTwiceInThree_Fires()
    {
        var rule = new Hysteresis(0.8);

        Assert.Equal([false, false, true], Firing(rule, Over, Calm, Over));
    }

    [Fact]
    public void Observe_OverTwiceInFour_DoesNotFire() => Assert.DoesNotContain(true, Firing(new(0.8), Over, Calm, Calm, Over));

    [Fact]
    public void Observe_BelowFourFifthsThreeTimes_Stops() =>
        Assert.Equal([false, true, true, true, false], Firing(new(0.8), Over, Over, Calm, Calm, Calm));

    [Fact]
    public void Observe_JustUnderTheLimit_KeepsFiring() =>
        Assert.Equal([false, true, true, true, true, true], Firing(new(0.8), Over, Over, Between, Between, Between, Between));

    [Fact]
    public void Observe_TooFewObservations_SaysNothing() =>
        Assert.DoesNotContain(true, Firing(new(0.8), Over with { Count = Least - 1 }, Over with { Count = Least - 1 }));

    private static Measure Over => new(0.3, 0.2, 0.4, 0.15, 1000);

    private static Measure Between => new(0.13, 0.12, 0.14, 0.15, 1000);

    private static Measure Calm => new(0.1, 0.09, 0.11, 0.15, 1000);

    private static List<bool> Firing(Hysteresis rule, params Measure[] measures)
    {
        var firing = new List<bool>();
        foreach (var measure in measures)
        {
            rule.Observe(measure, Least);
            firing.Add(rule.Firing);
        }

        return firing;
    }
}
