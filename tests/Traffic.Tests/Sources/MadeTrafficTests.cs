using RateLimitSuite.Traffic.Sources;

namespace RateLimitSuite.Traffic.Tests.Sources;

public class MadeTrafficTests
{
    [Fact]
    public void Read_OneWave_HasItsRateOrderAndHeavyTail()
    {
        var events = new MadeTraffic(rate: 150, clients: 200, seed: 42).Read().TakeWhile(e => e.At < MadeTraffic.WavePeriod).ToList();

        Assert.InRange(events.Count / MadeTraffic.WavePeriod.TotalSeconds, 142, 158);
        Assert.Equal(events.Select(e => e.At).Order(), events.Select(e => e.At));
        var heaviest = events.GroupBy(e => e.Client).Max(g => g.Count());
        Assert.InRange(heaviest / (double)events.Count, 0.1, 0.35);
    }

    [Fact]
    public void Read_SameSeed_IsTheSame() =>
        Assert.Equal(new MadeTraffic(50, 20, 7).Read().Take(1_000), new MadeTraffic(50, 20, 7).Read().Take(1_000));
}
