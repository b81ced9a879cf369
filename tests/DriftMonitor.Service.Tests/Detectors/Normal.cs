namespace RateLimitSuite.DriftMonitor.Tests.Detectors;

/// <summary>Seeded standard normal numbers, by Box and Muller.</summary>
internal sealed class Normal(int seed)
{
    private readonly Random _random = new(seed);

    public double Next() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
