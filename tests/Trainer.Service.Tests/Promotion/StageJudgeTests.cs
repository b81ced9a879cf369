using RateLimitSuite.Trainer.Promotion;

namespace RateLimitSuite.Trainer.Tests.Promotion;

public sealed class StageJudgeTests
{
    private static readonly ArmEvidence Good = new(Decisions: 1_000, Denied: 100, WronglyThrottled: 10, OverAdmitted: 5, Rows: 200, Mae: 0.12, LatencyP99: 0.2, FailureShare: 0.01);

    [Fact]
    public void Judge_SameAsBefore_HasNoBreach() => Assert.Empty(StageJudge.Judge(Good, Good, 500).Breaches);

    [Fact]
    public void Judge_TooFewDecisions_IsNoBreachYet() => Assert.False(StageJudge.Judge(Good with { WronglyThrottled = 500 }, Good, 5_000).IsBreach);

    [Theory]
    [InlineData(20, false)]    // +1.0 point: tolerable
    [InlineData(26, true)]     // +1.6 points, z = 2.7
    public void Judge_MoreWronglyThrottled_BreachesWhereSureAndOverAPoint(int wrong, bool breach) =>
        Assert.Equal(breach, StageJudge.Judge(Good with { WronglyThrottled = wrong }, Good, 500).IsBreach);

    [Fact]
    public void Judge_FewDecisionsWithTheSameShares_IsNotSure() =>
        Assert.False(StageJudge.Judge(Good with { Decisions = 100, Denied = 10, WronglyThrottled = 3, OverAdmitted = 1 }, Good, 100).IsBreach);

    [Fact]
    public void Judge_EachMeasureWorse_NamesIt()
    {
        Assert.Contains("let through", Breach(Good with { OverAdmitted = 100 }), StringComparison.Ordinal);
        Assert.Contains("failed", Breach(Good with { FailureShare = 0.1 }), StringComparison.Ordinal);
        Assert.Contains("latency", Breach(Good with { LatencyP99 = 0.5 }), StringComparison.Ordinal);
        Assert.Contains("R 0.400", Breach(Good with { Mae = 0.4 }), StringComparison.Ordinal);
        Assert.Contains("envelope", Breach(Good with { ClampShare = 0.02 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NothingToCompareWith_OnlyLooksAtTheModelItself() => Assert.Empty(StageJudge.Judge(Good with { Mae = 3 }, ArmEvidence.None, 500).Breaches);

    private static string Breach(ArmEvidence model) => Assert.Single(StageJudge.Judge(model, Good, 500).Breaches);
}
