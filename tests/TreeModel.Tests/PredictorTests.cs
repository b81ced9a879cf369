using System.Numerics;
using RateLimitSuite.TreeModel.Intervals;
using RateLimitSuite.TreeModel.Prediction;

namespace RateLimitSuite.TreeModel.Tests;

public class PredictorTests
{
    [Theory]
    [InlineData(1, 6, 30, 31)]
    [InlineData(2, 3, 20, 32)]
    [InlineData(3, 8, 9, 33)]
    [InlineData(4, 8, 20, 64)]
    [InlineData(5, 5, 5, 65)]
    [InlineData(6, 40, 10, 400)]
    [InlineData(7, 1, 1, 1)]
    public void PredictLeaves_RowsOnAndBesideThresholds_AreWhereTheSplitsLead(int seed, int features, int trees, int leaves)
    {
        var ensemble = RandomEnsembles.Create(seed, features, trees, leaves);
        var predictor = Predictor.Compile(ensemble);
        var found = new int[trees];
        foreach (var row in RandomEnsembles.Rows(ensemble, seed, 300))
        {
            predictor.PredictLeaves(row, found);
            Assert.Equal(ensemble.Trees.Select(tree => tree.Route(row)), found);
            var expected = ensemble.Trees.Sum(tree => tree.LeafValues[tree.Route(row)]);
            Assert.Equal(expected, predictor.Predict(row), 1e-12 * Math.Max(1, trees));
            Assert.InRange(predictor.Predict(row), ensemble.MinPrediction - 1e-9, ensemble.MaxPrediction + 1e-9);
        }
    }

    [Theory]
    [InlineData(31)]
    [InlineData(50)]
    [InlineData(100)]
    public void Predict_OneRowBatchAndIntervals_GiveTheSameBits(int leaves)
    {
        var ensemble = RandomEnsembles.Create(leaves, features: 7, trees: 50, leaves);
        var predictor = Predictor.Compile(ensemble);
        var rows = RandomEnsembles.Rows(ensemble, 9, 100);
        var batch = new double[rows.Length];
        predictor.PredictBatch(rows.SelectMany(row => row).ToArray(), batch);
        var intervals = new ushort[7];
        for (var row = 0; row < rows.Length; row++)
        {
            predictor.Intervals(rows[row], intervals);
            var bits = BitConverter.DoubleToInt64Bits(predictor.Predict(rows[row]));
            Assert.Equal(bits, BitConverter.DoubleToInt64Bits(batch[row]));
            Assert.Equal(bits, BitConverter.DoubleToInt64Bits(predictor.PredictFromIntervals(intervals)));
        }
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(200, 6)]
    [InlineData(700, 7)]
    public void AddValues_GatheredAndOneByOne_GiveTheSameBits(int trees, int features)
    {
        foreach (var leaves in new[] { 1, 31, 32 })
        {
            AssertSameBits<uint>(RandomEnsembles.Create(trees + leaves, features, trees, leaves));
        }

        foreach (var leaves in new[] { 33, 64 })
        {
            AssertSameBits<ulong>(RandomEnsembles.Create(trees + leaves, features, trees, leaves));
        }
    }

    [Fact]
    public void Predict_MoreFeaturesThanFitOnTheStack_GoesWhereTheSplitsLead()
    {
        var ensemble = RandomEnsembles.Create(1, features: 300, trees: 30, leaves: 20);
        var predictor = Predictor.Compile(ensemble);
        foreach (var row in RandomEnsembles.Rows(ensemble, 2, 20))
        {
            Assert.Equal(ensemble.Trees.Sum(tree => tree.LeafValues[tree.Route(row)]), predictor.Predict(row), 1e-10);
        }
    }

    [Theory]
    [InlineData(1, 6, 30, 31)]
    [InlineData(2, 8, 20, 64)]
    [InlineData(3, 40, 10, 400)]
    [InlineData(4, 1, 1, 1)]
    public void UpdateIntervals_FromAnyRowToAny_GivesTheIntervalsAndTellsWhetherTheyChanged(int seed, int features, int trees, int leaves)
    {
        var ensemble = RandomEnsembles.Create(seed, features, trees, leaves);
        var predictor = Predictor.Compile(ensemble);
        var random = new Random(seed);
        ushort[] updated = new ushort[features], located = new ushort[features], before = new ushort[features];
        var row = new double[features];
        predictor.Intervals(row, updated);
        foreach (var other in RandomEnsembles.Rows(ensemble, seed, 2_000))
        {
            // Few features at a time, so that often nothing changes.
            for (var feature = 0; feature < features; feature++)
            {
                row[feature] = random.Next(3) == 0 ? other[feature] : row[feature];
            }

            updated.CopyTo(before, 0);
            predictor.Intervals(row, located);

            var changed = predictor.UpdateIntervals(row, updated);

            Assert.Equal(located, updated);
            Assert.Equal(!before.SequenceEqual(located), changed);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(272)]
    [InlineData(273)]
    [InlineData(600)]
    public void Intervals_AnyNumberOfCuts_CountTheCutsBelow(int count)
    {
        var random = new Random(count);
        double[] cuts = [.. Enumerable.Range(0, count).Select(_ => random.NextDouble()).Order()];
        var predictor = Predictor.Compile(StumpsAt(cuts));
        double[] values = [.. cuts, .. cuts.Select(Math.BitIncrement), .. cuts.Select(Math.BitDecrement), double.PositiveInfinity, double.NegativeInfinity];
        var interval = new ushort[1];
        foreach (var value in values)
        {
            predictor.Intervals([value], interval);
            Assert.Equal(cuts.Count(cut => cut < value), interval[0]);
        }
    }

    [Fact]
    public void CountInNode_WithAndWithoutWideVectors_CountsTheSame()
    {
        var random = new Random(1);
        double[] cuts = [.. Enumerable.Range(0, CutTree.Width).Select(_ => random.NextDouble()).Order()];
        foreach (var value in cuts.Concat([0, 1, double.NaN, double.PositiveInfinity]))
        {
            Assert.Equal(cuts.Count(cut => cut < value), CutTree.CountInNode(ref cuts[0], value));
            Assert.Equal(cuts.Count(cut => cut < value), CutTree.CountInNodePortably(ref cuts[0], value));
        }
    }

    [Fact]
    public void Predict_WrongLength_Throws() =>
        Assert.Throws<ArgumentException>(() => Predictor.Compile(RandomEnsembles.Create(1, 3, 1, 4)).Predict([1, 2]));

    [Fact]
    public void WithLeafValues_OtherValues_ArePredicted()
    {
        var ensemble = RandomEnsembles.Create(1, features: 3, trees: 2, leaves: 4);
        var changed = ensemble.WithLeafValues([1, 1, 1, 1, 2, 2, 2, 2]);
        Assert.Equal(3, Predictor.Compile(changed).Predict([0, 0, 0]));
        Assert.Throws<ArgumentException>(() => ensemble.WithLeafValues([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => ensemble.WithLeafValues([1, 1, 1, double.NaN, 2, 2, 2, 2]));
    }

    private static void AssertSameBits<TMask>(TreeEnsemble ensemble)
        where TMask : unmanaged, IBinaryInteger<TMask>
    {
        var map = IntervalMap.Build(ensemble);
        var forest = new MaskForest<TMask>(ensemble, map, [.. Enumerable.Range(0, ensemble.TreeCount)]);
        var intervals = new ushort[ensemble.FeatureCount];
        foreach (var row in RandomEnsembles.Rows(ensemble, 3, 50))
        {
            map.Locate(row, intervals);
            var (wide, narrow) = (default(Lanes), default(Lanes));
            forest.AddValues(intervals, ref wide);
            forest.AddOneByOne(intervals, ref narrow);
            Assert.Equal(narrow, wide);
            Assert.Equal(BitConverter.DoubleToInt64Bits(narrow.Sum), BitConverter.DoubleToInt64Bits(wide.Sum));
        }
    }

    private static TreeEnsemble StumpsAt(double[] cuts)
    {
        var template = RandomEnsembles.Create(1, 1, 1, 2, categorical: false);
        var trees = cuts.Select(cut => new Tree(template.Trees[0].Arrays with { Threshold = [cut], DecisionType = [0] }));
        return new TreeEnsemble(template.Header, [.. trees, RandomEnsembles.Create(1, 1, 1, 1).Trees[0]], "");
    }
}
