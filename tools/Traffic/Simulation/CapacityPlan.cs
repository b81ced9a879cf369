namespace RateLimitSuite.Traffic.Simulation;

/// <summary>What the backend's capacity is at each moment: full, cut once at a share of the run, alternating, or as an operator said.</summary>
internal sealed class CapacityPlan(double full, double cutFactor, TimeSpan? cutAt, TimeSpan? alternateEvery)
{
    private double? _said;

    /// <summary>Requests/s without a cut.</summary>
    public double Full => full;

    /// <summary>From now on this factor of the full capacity, whatever the plan was.</summary>
    public void Say(double factor) => _said = factor;

    /// <summary>The factor in force at a time of the run.</summary>
    public double FactorAt(TimeSpan run)
    {
        if (_said is { } said)
        {
            return said;
        }

        if (cutAt is { } moment)
        {
            return run >= moment ? cutFactor : 1;
        }

        return alternateEvery is { } period && (long)(run / period) % 2 == 1 ? cutFactor : 1;
    }

    public static CapacityPlan Of(TrafficOptions options, double meanRate)
    {
        TimeSpan? cutAt = options.Duration > TimeSpan.Zero ? options.Duration * options.CutAt : null;
        TimeSpan? alternate = cutAt is null && options.Log is null && options.AlternateEvery > TimeSpan.Zero ? options.AlternateEvery : null;

        // Both are set against the mean load, as people think of them; a cut is kept as a factor of the full capacity.
        return new CapacityPlan(options.CapacityFactor * meanRate, options.CutFactor / options.CapacityFactor, cutAt, alternate);
    }
}
