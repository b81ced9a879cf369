namespace RateLimitSuite.Limiter.Tests;

public sealed class LimiterClockTests
{
    [Theory]
    [InlineData(10_000_000)]      // Windows, and time in tests
    [InlineData(24_000_000)]
    [InlineData(1_000_000_000)]   // Linux
    public void Now_AnyFrequency_IsTheLastWholeTick(long frequency)
    {
        var time = new Stamps(frequency);
        var clock = new LimiterClock(time);
        var random = new Random(5);
        for (var round = 0; round < 100_000; round++)
        {
            // From one stamp to a year of nanoseconds.
            var passed = (long)Math.Pow(2, random.NextDouble() * 55);
            time.Stamp = Stamps.Start + passed;
            Assert.Equal((long)((UInt128)passed * TimeSpan.TicksPerSecond / (UInt128)frequency), clock.Now.Ticks);
        }

        time.Stamp = Stamps.Start + frequency;
        Assert.Equal(TimeSpan.FromSeconds(1), clock.Now);
    }

    [Fact]
    public void LimiterClock_StampsAreTooCoarse_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LimiterClock(new Stamps(1_000)));

    [Fact]
    public void UnixMicroseconds_OfAMoment_IsTheWallClockThen()
    {
        var time = new Stamps(1_000_000_000);
        var clock = new LimiterClock(time);
        time.Stamp += 250_000_000;

        Assert.Equal(1_700_000_000_250_000, clock.UnixMicroseconds(clock.Now));
        Assert.Equal(22, clock.Hour(clock.Now));
    }

    private sealed class Stamps(long frequency) : TimeProvider
    {
        public const long Start = 123_456_789;

        public long Stamp { get; set; } = Start;

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => Stamp;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    }
}
