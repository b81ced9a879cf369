namespace RateLimitSuite.Limiter.Control;

/// <summary>Cost admitted to a backend and not yet known to be done. Any thread may change it.</summary>
internal sealed class InFlightCount
{
    private const double UnitsPerToken = 1_000_000;

    private readonly StripedCounter _units = new();

    /// <summary>Tokens in flight.</summary>
    public double Tokens => _units.Sum / UnitsPerToken;

    public void Add(double cost) => _units.Add((long)(cost * UnitsPerToken));

    public void Remove(double cost) => _units.Add(-(long)(cost * UnitsPerToken));
}
