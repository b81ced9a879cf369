using RateLimitSuite.Trainer.Promotion;

namespace RateLimitSuite.Trainer.Tests.Promotion;

public sealed class StageJudgeTests
{
    private static readonly ArmEvidence Good = new(Decisions: 1_000, Denied: 100, WronglyThrottled: 10, OverAdmitted: 5, Rows: 200, Mae: 0.12, LatencyP99: 0.2, FailureShare: 0.01);

    [Fact]
    public void Judge_SameAsBefore_HasNoBreach() => Assert.Empty(Judge(Good, Good).Breaches);

    [Fact]
    public void Judge_TooFewDecisions_IsNoBreachYet() => Assert.False(Judge(Good with { WronglyThrottled = 500 }, Good, 5_000).IsBreach);

    [Theory]
    [InlineData(20, false)]    // +1.0 point: tolerable
    [InlineData(26, true)]     // +1.6 points, z = 2.7
    public void Judge_MoreWronglyThrottled_BreachesWhereSureAndOverAPoint(int wrong, bool breach) =>
        Assert.Equal(breach, Judge(Good with { WronglyThrottled = wrong }, Good).IsBreach);

    [Fact]
    public void Judge_FewDecisionsWithTheSameShares_IsNotSure() =>
        Assert.False(Judge(Good with { Decisions = 100, Denied = 10, WronglyThrottled = 3, OverAdmitted = 1 }, Good, 100).IsBreach);

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
    public void Judge_NothingToCompareWith_OnlyLooksAtTheModelItself() => Assert.Empty(Judge(Good with { Mae = 3 }, ArmEvidence.None).Breaches);

    [Theory]
    [InlineData(StageSetting.SameTime)]
    [InlineData(StageSetting.Afterwards)]
    public void Judge_OneBurst_BlamesNobody(object setting) => JudgeOneBurst((StageSetting)setting);

    private static void JudgeOneBurst(StageSetting setting)
    {
        // One block of ten has all of the wrong throttles: 3 points more, which a test of single decisions calls certain.
        var burst = Good with { WronglyThrottled = 40, Blocks = [Block(31), .. Enumerable.Repeat(Block(1), 9)] };

        Assert.True(Judge(Good with { WronglyThrottled = 40 }, Good, setting: setting).IsBreach);
        Assert.False(Judge(burst, Good, setting: setting).IsBreach);
    }

    [Fact]
    public void Judge_AfterwardsWorseThroughout_Breaches()
    {
        var worse = Good with { WronglyThrottled = 40, Blocks = [.. Enumerable.Repeat(Block(4), 6)] };

        Assert.True(Judge(worse, Good, setting: StageSetting.Afterwards).IsBreach);
        Assert.False(Judge(worse with { Blocks = worse.Blocks.Take(1).ToList() }, Good, setting: StageSetting.Afterwards).IsBreach);
    }

    [Fact]
    public void Judge_AfterwardsUnderAnotherLoad_OnlyComparesErrorsOnTheSameRows()
    {
        var worse = Good with { WronglyThrottled = 400, LatencyP99 = 2, FailureShare = 0.5, Mae = 0.5, Blocks = [.. Enumerable.Repeat(Block(40), 10)] };

        Assert.Empty(Judge(worse, Good, setting: StageSetting.OtherLoad).Breaches);
        Assert.Contains("R 0.500", Assert.Single(Judge(worse, Good, beside: Good, setting: StageSetting.OtherLoad).Breaches), StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_HardRowsForBothModels_IsNoBreach() =>
        Assert.Empty(Judge(Good with { Mae = 0.5 }, Good, beside: Good with { Mae = 0.48 }, setting: StageSetting.Afterwards).Breaches);

    private static EvidenceBlock Block(long wrong) => new(100, wrong, 0.5, 90, 1, 0.2);

    private static StageVerdict Judge(
        ArmEvidence model, ArmEvidence replaced, long needed = 500, ArmEvidence? beside = null, StageSetting setting = StageSetting.SameTime) =>
        StageJudge.Judge(new(Spread(model), Spread(replaced), beside ?? ArmEvidence.None, setting), needed);

    // The same all the time, unless a test says how it came about.
    private static ArmEvidence Spread(ArmEvidence arm)
    {
        const int Blocks = 10;
        long Part(double count, int i) => (long)(count * (i + 1) / Blocks) - (long)(count * i / Blocks);
        return arm.Blocks.Count > 0 ? arm : arm with
        {
            Blocks = [.. Enumerable.Range(0, Blocks).Select(i => new EvidenceBlock(
                Part(arm.Decisions, i), Part(arm.WronglyThrottled, i), arm.OverAdmitted / (double)Blocks, Part(arm.Admitted, i),
                Part(arm.FailureShare * arm.Admitted, i), arm.LatencyP99))],
        };
    }

    private static string Breach(ArmEvidence model) => Assert.Single(Judge(model, Good).Breaches);
}
