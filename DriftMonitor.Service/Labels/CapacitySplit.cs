namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>How one window's capacity would have been shared by somebody who knew it.</summary>
/// <param name="Level">Tokens/s per weight where somebody was constrained; +∞ where nobody was.</param>
/// <param name="Spare">Tokens/s that no demand needed; 0 where somebody was constrained.</param>
/// <param name="TotalWeight">Σ weight of the clients with recent demand.</param>
internal readonly record struct CapacitySplit(double Level, double Spare, double TotalWeight)
{
    /// <summary>Kept back from the estimate, so that a queue can drain.</summary>
    public const double Utilisation = 0.97;

    /// <summary>Splits a capacity by weighted max-min.</summary>
    /// <param name="demands">Tokens/s per client with demand in the window.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="idleWeight">Σ weight of further clients that had demand lately: they share what is spare.</param>
    /// <param name="capacity">Tokens/s, before <see cref="Utilisation"/>.</param>
    public static CapacitySplit Of(ReadOnlySpan<double> demands, ReadOnlySpan<double> weights, double idleWeight, double capacity)
    {
        var shared = Utilisation * capacity;
        var level = WaterFill.Level(demands, weights, shared);
        var totalDemand = 0.0;
        var totalWeight = idleWeight;
        for (var i = 0; i < demands.Length; i++)
        {
            totalDemand += demands[i];
            totalWeight += weights[i];
        }

        return new(level, double.IsFinite(level) ? 0 : shared - totalDemand, totalWeight);
    }

    /// <summary>The refill rate, tokens/s, that this split gives a client: the water level also where it asks for less.</summary>
    /// <param name="demand">The client's tokens/s in the window.</param>
    /// <param name="weight">Its weight.</param>
    /// <param name="counted">Whether <see cref="TotalWeight"/> holds it; a client that stayed away shares as if it had come.</param>
    public double RateFor(double demand, double weight, bool counted) =>
        double.IsFinite(Level) ? Level * weight : demand + (Spare * weight / (counted ? TotalWeight : TotalWeight + weight));

    /// <summary>The greatest refill rate, tokens/s, that would have taken nothing from anybody: with nobody constrained, all that was spare.</summary>
    public double MostFor(double demand, double weight) => double.IsFinite(Level) ? Level * weight : demand + Spare;
}
