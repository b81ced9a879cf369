using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Tests.Control;

public class ArmComparisonTests
{
    [Fact]
    public void Of_GroupsDealtByChance_SaysFivePercentInAboutFiveOfAHundred()
    {
        // One in eight clients loses much, the others nothing: the case in which a t-test over few clients is far off.
        var low = 0;
        for (var seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            var losses = Enumerable.Range(0, 80).Select(_ => random.NextDouble() < 0.125 ? random.NextDouble() : 0).ToArray();
            low += ArmComparison.Of(losses.AsSpan(0, 68), losses.AsSpan(68), seed).PValue <= 0.05 ? 1 : 0;
        }

        Assert.InRange(low, 0, 600 * 0.08);   // 30 expected at most; 3.4 standard deviations
    }

    [Fact]
    public void Of_OneClientHeldOut_IsNeverProof()
    {
        var governed = Enumerable.Repeat(0.9, 40).ToArray();

        Assert.InRange(ArmComparison.Of(governed, [0.0], 1).PValue, 1 / 41.0 - 0.01, 1);
    }

    [Fact]
    public void Of_EveryGovernedClientWorse_IsAsUnlikelyAsTheDealsAreMany()
    {
        var comparison = ArmComparison.Of(Enumerable.Repeat(0.3, 90).ToArray(), Enumerable.Repeat(0.1, 10).ToArray(), 1);

        Assert.Equal(1 / 3000.0, comparison.PValue, 1e-9);
        Assert.Equal(0.2, comparison.Difference, 1e-9);
    }

    [Fact]
    public void Of_TheOthersWorse_IsNoProof() =>
        Assert.True(ArmComparison.Of(Enumerable.Repeat(0.1, 90).ToArray(), Enumerable.Repeat(0.3, 10).ToArray(), 1).PValue > 0.99);

    [Fact]
    public void Of_LargeGroups_AgreesWithDealsOfTheSameDifference()
    {
        // 250 with 60 losses of 1 against 250 with 43: z = 0.068 / 0.0362 = 1.88, upper tail 0.030.
        double[] Group(int losses) => [.. Enumerable.Repeat(1.0, losses), .. Enumerable.Repeat(0.0, 250 - losses)];

        Assert.Equal(0.030, ArmComparison.Of(Group(60), Group(43), 1).PValue, 0.001);
    }

    [Fact]
    public void Of_NobodyInAGroup_CannotTell()
    {
        var comparison = ArmComparison.Of([0.5], [], 1);

        Assert.False(comparison.CanTell);
        Assert.Equal(1, comparison.PValue);
    }
}
