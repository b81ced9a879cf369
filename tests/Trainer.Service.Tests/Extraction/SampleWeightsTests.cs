using RateLimitSuite.Trainer.Extraction;

namespace RateLimitSuite.Trainer.Tests.Extraction;

public sealed class SampleWeightsTests
{
    [Fact]
    public void Of_QualityLimitedAndPropensity_Multiply()
    {
        var rows = new Traffic { Clients = 4, Alter = (i, row) => (row.Limited, row.Propensity) = (i != 1, i == 2 ? 0.25 : i == 3 ? 0.01 : 0) }.Columns(4);

        var weights = SampleWeights.Of(rows, 4).Weights;

        double[] expected = [0.9, 0.9 * 0.25, 0.9 * 4, 0.9 * 10];   // quality; not limited; 1/0.25; 1/0.01 clipped to 10
        Assert.Equal(expected, weights.Select(weight => Math.Round(weight, 12)));
    }

    [Fact]
    public void Of_OneClientFloodsTheTable_IsCappedAtItsShare()
    {
        // Client 0 has 4,000 of 4,990 rows; 100 clients: the cap is max(1 %, 5/100) = 5 %.
        var rows = new Traffic { Clients = 100, Alter = (i, row) => row.Client = i < 4_000 ? "flood" : $"client-{i % 99}" }.Columns(4_990);

        var weighting = SampleWeights.Of(rows, rows.Count);

        var total = weighting.Weights.Sum();
        var flood = Enumerable.Range(0, rows.Count).Where(i => rows.Clients[rows.Client[i]] == "flood").Sum(i => weighting.Weights[i]);
        Assert.Equal(0.05, flood / total, 9);
        Assert.Equal(1, weighting.CappedClients);
        Assert.True(weighting.HeaviestShare > 0.8);
    }

    [Fact]
    public void Of_FewClients_CapsNobody()
    {
        var rows = new Traffic { Clients = 4 }.Columns(100);

        Assert.Equal((1.0, 0), (SampleWeights.Of(rows, 100).ClientShareMaximum, SampleWeights.Of(rows, 100).CappedClients));
    }
}
