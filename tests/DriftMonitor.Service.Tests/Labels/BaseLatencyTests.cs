using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class BaseLatencyTests
{
    [Fact]
    public void Value_Under100Outcomes_IsUnknown()
    {
        var latency = new BaseLatency(0.25);
        latency.Observe(0.01, 99, 1);

        Assert.True(double.IsNaN(latency.Value));
    }

    [Fact]
    public void Value_SlowerSince_RisesOnePercentAMinute()
    {
        var latency = new BaseLatency(0.25);
        latency.Observe(0.01, 200, 10);
        latency.Observe(0.05, 200, 120);

        Assert.Equal(0.01 * 1.01 * 1.01, latency.Value, 12);
    }

    [Fact]
    public void Value_SlowFromTheStart_IsAtMostHalfTheObjective()
    {
        var latency = new BaseLatency(0.25);
        latency.Observe(0.9, 200, 10);

        Assert.Equal(0.125, latency.Value);
    }
}
