using RateLimitSuite.Contracts;
using RateLimitSuite.Trainer.Tests.Gates;
using RateLimitSuite.Trainer.Training;
using RateLimitSuite.TreeModel;

namespace RateLimitSuite.Trainer.Tests.Training;

public sealed class EnvelopeShrinkTests
{
    private const int Rows = 1_000;

    [Fact]
    public void Apply_PositiveModel_IsLeftAsItIs()
    {
        var model = TreeEnsemble.Parse(GateCase.GoodText);

        var (result, share) = EnvelopeShrink.Apply(model, new Traffic().Columns(Rows), Rows);

        Assert.Same(model, result);
        Assert.Equal(1, share);
    }

    [Fact]
    public void Apply_ModelThatFallsBelowZeroAtAnEdge_KeepsItsMeanAndTurnsPositive()
    {
        var rows = new Traffic().Columns(Rows);
        var good = TreeEnsemble.Parse(GateCase.GoodText);
        var predictor = Predictor.Compile(good);
        var lowest = EdgeCases.Fixed(rows.Schema).Min(edge => predictor.Predict(edge));
        var model = Shifted(good, -lowest - 1);   // The lowest edge case is now at -1.
        var before = MeanOf(model);

        var (result, share) = EnvelopeShrink.Apply(model, rows, Rows);

        var drawn = Predictor.Compile(result);
        Assert.InRange(share, 0.01, 0.99);
        Assert.All(EdgeCases.Fixed(rows.Schema), edge => Assert.True(drawn.Predict(edge) > 0));
        Assert.Equal(before, MeanOf(result), 6);

        double MeanOf(TreeEnsemble of)
        {
            var compiled = Predictor.Compile(of);
            return Enumerable.Range(0, Rows).Average(row => compiled.Predict([.. rows.Features.Select(column => column[row])]));
        }
    }

    private static TreeEnsemble Shifted(TreeEnsemble model, double by)
    {
        var values = model.Trees.SelectMany(tree => tree.LeafValues.ToArray()).ToArray();
        foreach (ref var value in values.AsSpan(0, model.Trees[0].LeafCount))
        {
            value += by;
        }

        return model.WithLeafValues(values);
    }
}
