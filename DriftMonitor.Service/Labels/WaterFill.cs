namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>Weighted max-min: fill every client's share at the same level per weight until the capacity is used up.</summary>
internal static class WaterFill
{
    /// <summary>The level λ at which Σ min(demand, λ·weight) is the capacity; +∞ where every demand fits.</summary>
    /// <param name="demands">One per client, ≥ 0, in the capacity's unit.</param>
    /// <param name="weights">One per client, &gt; 0.</param>
    /// <param name="capacity">What there is to share; below 0 counts as 0.</param>
    public static double Level(ReadOnlySpan<double> demands, ReadOnlySpan<double> weights, double capacity)
    {
        if (demands.Length != weights.Length)
        {
            throw new ArgumentException($"{demands.Length} demands and {weights.Length} weights must be as many.");
        }

        var total = 0.0;
        var weightLeft = 0.0;
        for (var i = 0; i < demands.Length; i++)
        {
            total += demands[i];
            weightLeft += weights[i];
        }

        if (total <= capacity)
        {
            return double.PositiveInfinity;
        }

        // Whoever wants least per weight is satisfied first, and leaves the rest to the others.
        var levels = new double[demands.Length];
        var order = new int[demands.Length];
        for (var i = 0; i < order.Length; i++)
        {
            levels[i] = demands[i] / weights[i];
            order[i] = i;
        }

        Array.Sort(levels, order);
        var left = Math.Max(0, capacity);
        for (var rank = 0; rank < order.Length; rank++)
        {
            var client = order[rank];
            var level = left / weightLeft;
            if (levels[rank] > level)
            {
                return level;
            }

            left -= demands[client];
            weightLeft -= weights[client];
        }

        // Only rounding leads here: the demands exceeded the capacity by less than an ulp.
        return levels.Length > 0 ? levels[^1] : double.PositiveInfinity;
    }
}
