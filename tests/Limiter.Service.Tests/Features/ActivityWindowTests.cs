using System.Runtime.CompilerServices;
using RateLimitSuite.Limiter.Features;

namespace RateLimitSuite.Limiter.Tests.Features;

public class ActivityWindowTests
{
    [Fact]
    public void Size_Is48Bytes() => Assert.Equal(48, Unsafe.SizeOf<ActivityWindow>());

    [Fact]
    public void RequestRate_SteadyRequests_IsTheirRate()
    {
        var window = default(ActivityWindow);
        for (var i = 0; i < 500; i++)
        {
            window.CountRequests(1, TimeSpan.FromMilliseconds(i * 10));   // 100/s
        }

        Assert.Equal(100, window.RequestRate(TimeSpan.FromMilliseconds(5000)), 100 * 0.02);
    }

    [Theory]
    [InlineData(0.9, 10)]
    [InlineData(1.1, 6)]     // the burst's step of 250 ms lies to 60 % within the last second
    [InlineData(1.25, 0)]
    [InlineData(60, 0)]
    public void RequestRate_AfterABurst_FallsWithinASecondAndAStep(double seconds, double expected)
    {
        var window = default(ActivityWindow);
        window.CountRequests(10, TimeSpan.Zero);

        Assert.Equal(expected, window.RequestRate(TimeSpan.FromSeconds(seconds)), 1e-9);
    }

    [Fact]
    public void RequestRate_AnyTimes_LiesBetweenTheCountsOfTheLastSecondAndOfAStepMore()
    {
        var random = new Random(7);
        var window = default(ActivityWindow);
        var times = new List<double>();
        var now = 0.0;
        for (var i = 0; i < 20_000; i++)
        {
            now += random.NextDouble() < 0.01 ? random.NextDouble() * 5 : random.NextDouble() * 0.05;
            window.CountRequests(1, TimeSpan.FromSeconds(now));
            times.Add(now);

            var rate = window.RequestRate(TimeSpan.FromSeconds(now));

            Assert.InRange(rate, times.Count(t => t > now - 0.75 + 1e-6), times.Count(t => t > now - 1.25 - 1e-6));
            times.RemoveAll(t => t < now - 2);
        }
    }

    [Fact]
    public void MeanLatency_AfterFiveSeconds_ForgetsTheOld()
    {
        var window = default(ActivityWindow);
        window.AddLatency(1, TimeSpan.FromSeconds(0.5));
        window.AddLatency(3, TimeSpan.FromSeconds(3.5));

        Assert.Equal(2, window.MeanLatency(TimeSpan.FromSeconds(4.9)));   // (1 + 3) / 2
        Assert.Equal(3, window.MeanLatency(TimeSpan.FromSeconds(5)));
        Assert.True(double.IsNaN(window.MeanLatency(TimeSpan.FromSeconds(8.5))));
    }

    [Fact]
    public void CountRequests_OutOfOrder_CountsInThePresent()
    {
        var window = default(ActivityWindow);
        window.CountRequests(1, TimeSpan.FromSeconds(10));

        window.CountRequests(1, TimeSpan.FromSeconds(9));

        Assert.Equal(2, window.RequestRate(TimeSpan.FromSeconds(10)));
    }
}
