namespace RateLimitSuite.DriftMonitor.Labels;

/// <summary>Carries capacity evidence forward and backward in time, loosening it on the way.</summary>
/// <remarks>A lower bound decays by 0.5 % and an upper bound grows by 3 % for each second between the window that showed it and the one
/// that asks; a congested window knows best and forgets both. A loss of capacity shows at once as congestion, so what was possible may be
/// remembered for minutes: with a decay of 3 % a second the simulation's estimate of wrong throttles was 0.2 % where 3 % were true, with
/// 0.5 % it is 1.6 %. Backward looks are limited to the windows that a label waits for anyway.</remarks>
internal sealed class CapacitySmoother(double windowLength)
{
    private readonly double _decay = Math.Pow(0.995, windowLength);
    private readonly double _growth = Math.Pow(1.03, windowLength);

    /// <summary>What is known after a window, given what was known before it.</summary>
    public CapacityInterval Step(CapacityInterval known, in CapacityEvidence evidence)
    {
        if (evidence.Congested)
        {
            return new(evidence.Lower, evidence.Upper);
        }

        var upper = known.Upper * _growth;
        // More was done than thought possible: that bound is out of date.
        return new(Math.Max(evidence.Lower, known.Lower * _decay), evidence.Lower > upper ? double.PositiveInfinity : upper);
    }

    /// <summary>The intervals of consecutive windows.</summary>
    /// <param name="before">What was known before the first of them.</param>
    /// <param name="evidence">One each.</param>
    /// <param name="intervals">Receives one each.</param>
    public void Smooth(CapacityInterval before, ReadOnlySpan<CapacityEvidence> evidence, Span<CapacityInterval> intervals)
    {
        var known = before;
        for (var i = 0; i < evidence.Length; i++)
        {
            known = Step(known, evidence[i]);
            intervals[i] = known;
        }

        known = CapacityInterval.Unknown;
        for (var i = evidence.Length - 1; i >= 0; i--)
        {
            known = Step(known, evidence[i]);
            if (!evidence[i].Congested)
            {
                intervals[i] = new(Math.Max(intervals[i].Lower, known.Lower), Math.Min(intervals[i].Upper, known.Upper));
            }

            intervals[i] = intervals[i].Closed();
        }
    }
}
