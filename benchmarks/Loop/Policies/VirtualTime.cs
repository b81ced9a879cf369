namespace RateLimitSuite.Benchmarks.Loop.Policies;

/// <summary>The simulation's clock for code that asks for one.</summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>Where simulations begin.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Seconds since then.</summary>
    public double Seconds { get; set; }

    /// <summary>The same as a span.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds(Seconds);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;
}
