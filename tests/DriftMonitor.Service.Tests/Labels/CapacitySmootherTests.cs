using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class CapacitySmootherTests
{
    private static readonly CapacityEvidence Congested = new(98, 102, true, true);

    [Fact]
    public void Smooth_LowerBoundBefore_DecaysHalfAPercentASecond()
    {
        var intervals = Smooth(1, CapacityInterval.Unknown, Healthy(100), Healthy(10));

        Assert.Equal(99.5, intervals[1].Lower, 12);   // 100 · 0.995
        Assert.Equal(149.25, intervals[1].Upper, 12);   // nothing showed an upper bound: 1.5 · 99.5
    }

    [Fact]
    public void Smooth_LowerBoundAfter_ReachesBack() =>
        Assert.Equal(99.0025, Smooth(1, CapacityInterval.Unknown, Healthy(10), Healthy(10), Healthy(100))[0].Lower, 12);   // 100 · 0.995²

    [Fact]
    public void Smooth_UpperBound_GrowsThreePercentASecond() =>
        Assert.Equal(102 * 1.03, Smooth(1, CapacityInterval.Unknown, Congested, Healthy(10))[1].Upper, 12);

    [Fact]
    public void Smooth_CongestedWindow_ForgetsItsNeighbours()
    {
        var intervals = Smooth(1, new(500, 600), Healthy(500), Congested, Healthy(90));

        Assert.Equal(new(98, 102), intervals[1]);
        Assert.Equal(0.98 / 1.02, intervals[1].Quality, 12);
    }

    [Fact]
    public void Smooth_BoundsThatContradict_SpanTheInterval()
    {
        // Before: at least 300; right after: at most 102. Somewhere between the capacity fell.
        var interval = Smooth(1, new(300, 1000), Healthy(10), Congested)[0];

        Assert.Equal(102 * 1.03, interval.Lower, 9);
        Assert.Equal(1.5 * 102 * 1.03, interval.Upper, 9);   // 298.5 shows the fall, but 1.5 · the lower bound is as far as a guess goes
    }

    [Fact]
    public void Step_MoreDoneThanThoughtPossible_DropsTheUpperBound() =>
        Assert.Equal(double.PositiveInfinity, new CapacitySmoother(1).Step(new(90, 100), Healthy(150)).Upper);

    [Fact]
    public void Smooth_NoEvidence_IsUnknown()
    {
        var interval = Smooth(1, CapacityInterval.Unknown, CapacityEvidence.None)[0];

        Assert.False(interval.IsKnown);
        Assert.Equal(0, interval.Quality);
    }

    private static CapacityEvidence Healthy(double lower) => new(lower, double.PositiveInfinity, false, false);

    private static CapacityInterval[] Smooth(double seconds, CapacityInterval before, params CapacityEvidence[] evidence)
    {
        var intervals = new CapacityInterval[evidence.Length];
        new CapacitySmoother(seconds).Smooth(before, evidence, intervals);
        return intervals;
    }
}
