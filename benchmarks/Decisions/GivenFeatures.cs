namespace RateLimitSuite.Benchmarks.Decisions;

/// <summary>Features that a caller gives.</summary>
/// <param name="ClientRisk">0..1.</param>
/// <param name="RequestSize">Bytes.</param>
/// <param name="IpReputation">0..1.</param>
internal readonly record struct GivenFeatures(float ClientRisk, float RequestSize, float IpReputation)
{
    /// <summary>The same for every client.</summary>
    public static readonly GivenFeatures Alike = new(0.2f, 5_000, 0.9f);

    /// <summary>Draws a client's own, which lie all over the model's intervals.</summary>
    public static GivenFeatures Draw(Random random) => new(random.NextSingle(), 1e6f * MathF.Pow(random.NextSingle(), 3), random.NextSingle());
}
