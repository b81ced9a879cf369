namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>One window's split at the least, the estimated and the greatest capacity that its evidence allows.</summary>
/// <remarks>At the edge between "somebody is constrained" and "nobody is" the rates jump, so the least capacity need not give the
/// least rate: <see cref="LabelFor"/> puts the three in order. With nobody constrained a client's share of what was spare is one of many rates
/// that would have done: any up to all that was spare harms nobody, so no prediction in between is an error. With the share as the upper end
/// R swung between 0.03 and 2 from one second to the next, by whether that second had a burst.</remarks>
internal readonly record struct WindowSplit(CapacitySplit AtLower, CapacitySplit AtMiddle, CapacitySplit AtUpper, double Quality)
{
    /// <summary>Splits the interval's three capacities.</summary>
    public static WindowSplit Of(
        ReadOnlySpan<double> demands, ReadOnlySpan<double> weights, double idleWeight, CapacityInterval capacity) => new(
            CapacitySplit.Of(demands, weights, idleWeight, capacity.Lower),
            CapacitySplit.Of(demands, weights, idleWeight, capacity.Middle),
            CapacitySplit.Of(demands, weights, idleWeight, capacity.Upper),
            capacity.Quality);

    /// <summary>The label of one client in this window alone, each rate at most <paramref name="maximum"/>.</summary>
    public RefillLabel LabelFor(double demand, double weight, bool counted, double maximum)
    {
        var rate = Math.Min(maximum, AtMiddle.RateFor(demand, weight, counted));
        var a = Math.Min(maximum, AtLower.RateFor(demand, weight, counted));
        var b = Math.Min(maximum, AtUpper.MostFor(demand, weight));
        return new(rate, Math.Min(rate, Math.Min(a, b)), Math.Max(rate, Math.Max(a, b)), Quality);
    }
}
