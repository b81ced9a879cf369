using RateLimitSuite.DriftMonitor.Labels;

namespace RateLimitSuite.DriftMonitor.Tests.Labels;

public class CapacityEvidenceTests
{
    [Fact]
    public void Of_Healthy_IsALowerBoundOnly()
    {
        var evidence = CapacityEvidence.Of(new(100, 100, 0, 0.010, false), 2, 0.010);

        Assert.Equal(45, evidence.Lower, 12);   // 100 / 2 s, less 1/√100
        Assert.Equal(double.PositiveInfinity, evidence.Upper);
        Assert.False(evidence.Congested);
    }

    [Fact]
    public void Of_StandingQueue_PinsTheCapacity()
    {
        var evidence = CapacityEvidence.Of(new(10_000, 10_000, 0, 0.014, true), 10, 0.010);   // 14 ms > 1.35 · 10 ms

        Assert.True(evidence.Congested);
        Assert.Equal(980, evidence.Lower, 9);   // 1000 ± 2 %: noise is 1/√10,000 = 1 %
        Assert.Equal(1020, evidence.Upper, 9);
    }

    [Fact]
    public void Of_ManyFailures_IsCongestedWithoutAQueue() =>
        Assert.True(CapacityEvidence.Of(new(94, 94, 6, 0.010, false), 1, 0.010).Congested);   // 6 % > 5 %

    [Fact]
    public void Of_SlowerWithinTheFactor_IsNotCongested() =>
        Assert.False(CapacityEvidence.Of(new(100, 100, 0, 0.0135, false), 1, 0.010).Congested);

    [Fact]
    public void Of_FewCompletions_SaysNothingOfQueues() =>
        Assert.False(CapacityEvidence.Of(new(19, 19, 0, 9, false), 1, 0.010).Congested);

    [Fact]
    public void Of_BaseLatencyUnknown_SaysNothingOfQueues() =>
        Assert.False(CapacityEvidence.Of(new(100, 100, 0, 9, false), 1, double.NaN).Congested);

    [Fact]
    public void Of_NothingCompleted_IsNoEvidence() =>
        Assert.Equal(CapacityEvidence.None with { Limited = true }, CapacityEvidence.Of(new(0, 0, 0, double.NaN, true), 1, 0.01));
}
