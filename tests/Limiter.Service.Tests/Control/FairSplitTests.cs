using RateLimitSuite.Limiter.Control;

namespace RateLimitSuite.Limiter.Tests.Control;

public class FairSplitTests
{
    [Fact]
    public void Divide_GuaranteesFit_GivesEachItsGuarantee()
    {
        SplitShare[] shares = [Share(demand: 10, guarantee: 20), Share(demand: 5, guarantee: 50)];

        var wanted = Divide(shares, 100, lending: false);

        Assert.False(wanted);
        Assert.Equal([20, 50], shares.Select(s => s.Rate));
    }

    [Fact]
    public void Divide_GuaranteesTooMuch_WaterFillsByWeight()
    {
        SplitShare[] shares = [Share(demand: 10, guarantee: 100), Share(demand: 100, guarantee: 100), Share(demand: 100, guarantee: 100, weight: 2)];

        var wanted = Divide(shares, 70, lending: true);

        Assert.True(wanted);
        Assert.Equal([10, 20, 40], shares.Select(s => Math.Round(s.Rate, 9)));   // 70 − 10 = 60 by 1 : 2
    }

    [Fact]
    public void Divide_Lending_GivesTheRestToWhoAsksForMore()
    {
        SplitShare[] shares = [Share(demand: 80, guarantee: 20), Share(demand: 10, guarantee: 30)];

        var wanted = Divide(shares, 100, lending: true);

        Assert.False(wanted);
        Assert.True(shares[0].Rate >= 80, $"{shares[0].Rate}");
        Assert.True(shares[1].Rate >= 30, $"{shares[1].Rate}");
    }

    [Fact]
    public void Divide_AnyShares_GivesNoMoreThanTheParentToDemandAndIsMaxMinFair()
    {
        var random = new Random(5);
        for (var run = 0; run < 2_000; run++)
        {
            var shares = new SplitShare[random.Next(1, 12)];
            for (var i = 0; i < shares.Length; i++)
            {
                shares[i] = Share(random.NextDouble() * 50, 1000, 0.5 + random.NextDouble() * 2);
            }

            var parent = random.NextDouble() * 200;
            Divide(shares, parent, lending: true);
            var used = shares.Sum(s => Math.Min(s.Rate, s.Demand));
            var wanted = shares.Sum(s => s.Demand);

            Assert.True(used <= Math.Max(parent, 0.001 * shares.Length) + 1e-6, $"{used} of {parent}");
            if (wanted > parent)
            {
                // The water level: whoever is cut has the same rate per weight, and nobody below it is cut.
                var cut = shares.Where(s => s.Rate < s.Demand - 1e-9).Select(s => s.Rate / s.Weight).ToArray();
                Assert.NotEmpty(cut);
                Assert.True(cut.Max() - cut.Min() < 1e-6);
                Assert.All(shares.Where(s => s.Rate >= s.Demand - 1e-9), s => Assert.True(s.Demand / s.Weight <= cut.Min() + 1e-6));
            }
        }
    }

    [Fact]
    public void Divide_Reserve_ServesItsOwnFirstAndSharesTheRest()
    {
        SplitShare[] shares = [Share(demand: 100, guarantee: 10) with { Reserve = 1 }, Share(demand: 500, guarantee: 500), Share(demand: 500, guarantee: 500)];

        FairSplit.Divide(shares, 100, lending: true, new int[3], [40]);

        Assert.Equal([40, 30, 30], shares.Select(s => Math.Round(s.Rate, 9)));   // 40 kept, its guarantee of 10 is within it; 60 by 1 : 1
    }

    [Fact]
    public void Divide_ReserveNotAskedFor_IsLent()
    {
        SplitShare[] shares = [Share(demand: 5, guarantee: 0) with { Reserve = 1 }, Share(demand: 500, guarantee: 500)];

        FairSplit.Divide(shares, 100, lending: true, new int[2], [40]);

        Assert.Equal([5, 95], shares.Select(s => Math.Round(s.Rate, 9)));
    }

    [Fact]
    public void Divide_ReserveNotAskedForWithoutLending_StaysUnused()
    {
        SplitShare[] shares = [Share(demand: 5, guarantee: 0) with { Reserve = 1 }, Share(demand: 500, guarantee: 500)];

        FairSplit.Divide(shares, 100, lending: false, new int[2], [40]);

        Assert.Equal(60, shares[1].Rate, 1e-9);
    }

    private static bool Divide(SplitShare[] shares, double parent, bool lending) => FairSplit.Divide(shares, parent, lending, new int[shares.Length]);

    private static SplitShare Share(double demand, double guarantee, double weight = 1) => new() { Demand = demand, Guarantee = guarantee, Weight = weight };
}
