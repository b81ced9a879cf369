using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Smoke;

namespace RateLimitSuite.Suite.Tests;

public sealed class RecoveryTests
{
    private readonly Recovery _recovery = new();

    [Fact]
    public void Observe_OlderModelsWindow_CountsForNothing()
    {
        _recovery.Observe(Sight(1, "m1", error: 0.1, violations: 0.01), "m2");
        _recovery.Observe(Sight(2, "", error: 0.1, violations: 0.01), "");

        Assert.Equal((null, null, false), (_recovery.ErrorAt, _recovery.ViolationsAt, _recovery.IsWhole));
    }

    [Fact]
    public void Observe_OneAfterTheOther_TimesEach()
    {
        _recovery.Observe(Sight(1, "m2", error: 0.3, violations: 0.01), "m2");
        _recovery.Observe(Sight(2, "m2", error: 0.3, violations: 0.01), "m2");
        _recovery.Observe(Sight(3, "m2", error: 0.15, violations: 0.01), "m2");   // at its limit is back

        Assert.Equal((Seconds(3), Seconds(1), true), (_recovery.ErrorAt, _recovery.ViolationsAt, _recovery.IsWhole));
    }

    [Fact]
    public void Observe_NeverInOneWindow_IsNotWhole()
    {
        _recovery.Observe(Sight(1, "m2", error: 0.1, violations: 0.3), "m2");
        _recovery.Observe(Sight(2, "m2", error: 0.3, violations: 0.01), "m2");

        Assert.Equal((Seconds(1), Seconds(2), false), (_recovery.ErrorAt, _recovery.ViolationsAt, _recovery.IsWhole));
    }

    [Fact]
    public void Observe_WindowWithoutRows_CountsForNothing()
    {
        var sight = Sight(1, "m2", error: 0, violations: 0);
        sight.Drift!.Mae.N = 0;

        _recovery.Observe(sight, "m2");

        Assert.Null(_recovery.ErrorAt);
    }

    private static TimeSpan? Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static SuiteSight Sight(int at, string version, double error, double violations) => new()
    {
        At = TimeSpan.FromSeconds(at),
        Drift = new()
        {
            ModelVersion = version,
            Mae = new() { Value = error, Limit = 0.15, N = 300 },
            ViolationRate = new() { Value = violations, Limit = 0.02, N = 1_000 },
        },
    };
}
