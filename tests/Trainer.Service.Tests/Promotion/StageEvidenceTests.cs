using RateLimitSuite.Trainer.Promotion;

namespace RateLimitSuite.Trainer.Tests.Promotion;

public sealed class StageEvidenceTests
{
    [Theory]
    [InlineData(140, StageSetting.Afterwards)]
    [InlineData(160, StageSetting.OtherLoad)]
    [InlineData(60, StageSetting.OtherLoad)]
    public void Afterwards_LoadPerBlock_DecidesWhetherCountsCompare(long decisionsPerBlock, object setting)
    {
        var before = Arms(("model", "old", 60, 10), ("canary", "new", 40, 10));
        var since = Arms(("canary", "new", decisionsPerBlock, 5), ("beside", "old", decisionsPerBlock, 5));

        var evidence = StageEvidence.Afterwards(before, since, since.Governing("new"), "old");

        Assert.Equal(setting, evidence.Setting);
        Assert.Equal((600, 5 * decisionsPerBlock), (evidence.Replaced.Decisions, evidence.Beside.Decisions));
    }

    private static Arms Arms(params (string Arm, string Version, long PerBlock, int Blocks)[] arms) => new(arms.ToDictionary(
        arm => (arm.Arm, arm.Version),
        arm => new ArmEvidence(Decisions: arm.PerBlock * arm.Blocks) { Blocks = [.. Enumerable.Repeat(new EvidenceBlock(arm.PerBlock, 0, 0, 0, 0, 0), arm.Blocks)] }));
}
