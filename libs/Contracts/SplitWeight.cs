namespace RateLimitSuite.Contracts;

/// <summary>A client's weight when clients divide what a backend can serve: its tier, less what its risk takes.</summary>
/// <remarks>One formula for whoever divides (the Limiter) and whoever judges the division in hindsight (the labels, the violation rate).
/// A decision's event carries the tier; the risk is among its features.</remarks>
public static class SplitWeight
{
    /// <summary>What a risk of 1 takes of the weight.</summary>
    public const double RiskDiscount = 0.8;

    private const double Least = 1e-6;

    /// <summary>The weight.</summary>
    /// <param name="tier">The policy's weight, over 0.</param>
    /// <param name="risk">Client risk; outside 0..1 it counts as the nearer end.</param>
    public static double Of(double tier, double risk) => Math.Max(Least, tier * (1 - (RiskDiscount * Math.Clamp(risk, 0, 1))));
}
