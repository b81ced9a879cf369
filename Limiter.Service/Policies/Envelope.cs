namespace RateLimitSuite.Limiter.Policies;

/// <summary>The bounds that no refill rate of a policy leaves: <paramref name="Minimum"/> &lt; rate &lt; <paramref name="Maximum"/>, in tokens/s.</summary>
internal sealed record Envelope(double Minimum, double Maximum)
{
    // Over any minimum; as a rate, one token in about a quarter of an hour.
    private const double LeastStep = 0.001;

    /// <summary>What the system was specified with.</summary>
    public static Envelope Default { get; } = new(0, 1000);

    /// <summary>The least rate inside.</summary>
    public double Lowest { get; } = Minimum + LeastStep;

    /// <summary>The greatest rate inside.</summary>
    public double Highest { get; } = Math.BitDecrement(Maximum);

    /// <summary>The rate inside that is nearest to a prediction.</summary>
    public double Clamp(double prediction) => Math.Clamp(prediction, Lowest, Highest);
}
