namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>One client's part in a window.</summary>
/// <param name="Demand">Tokens asked for; at least what was admitted.</param>
/// <param name="Admitted">Tokens admitted.</param>
/// <param name="Weight">Weight in the split, &gt; 0.</param>
internal readonly record struct ClientLoad(double Demand, double Admitted, double Weight);
