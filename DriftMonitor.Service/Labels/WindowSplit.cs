namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>One window's split at the least, the estimated and the greatest capacity that its evidence allows.</summary>
/// <remarks>At the edge between "somebody is constrained" and "nobody is" the rates jump, so the least capacity need not give the
/// least rate: <see cref="LabelFor"/> puts the three in order.</remarks>
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
        var b = Math.Min(maximum, AtUpper.RateFor(demand, weight, counted));
        return new(rate, Math.Min(rate, Math.Min(a, b)), Math.Max(rate, Math.Max(a, b)), Quality);
    }
}
