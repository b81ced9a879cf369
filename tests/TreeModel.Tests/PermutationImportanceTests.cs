namespace RateLimitSuite.TreeModel.Tests;

public class PermutationImportanceTests
{
    private static readonly TreeEnsemble Ensemble = RandomEnsembles.Create(5, features: 4, trees: 10, leaves: 8, categorical: false);

    [Fact]
    public void Compute_SameSeed_GivesTheSameNumbersInAnyCompany()
    {
        var (rows, labels) = Labelled();
        var predictor = Predictor.Compile(Ensemble);
        var all = PermutationImportance.Compute(predictor, rows, labels, PermutationImportance.EachFeature(Ensemble), repeats: 3);
        var alone = PermutationImportance.Compute(predictor, rows, labels, [new FeatureGroup("f2", [2])], repeats: 3);
        Assert.Equal(all[2], alone[0]);
        Assert.NotEqual(all[2], PermutationImportance.Compute(predictor, rows, labels, [new FeatureGroup("f2", [2])], repeats: 3, seed: 43)[0]);
    }

    [Fact]
    public void Compute_PerfectLabels_UsedFeaturesHurtAndUnusedOnesDoNot()
    {
        var (rows, labels) = Labelled();
        var wide = new TreeEnsemble(RandomEnsembles.Create(0, 5, 1, 1).Header, [.. Ensemble.Trees], "");
        double[] wideRows = [.. Enumerable.Range(0, labels.Length).SelectMany(row => rows[(row * 4)..((row + 1) * 4)].Append(row))];
        var result = PermutationImportance.Compute(Predictor.Compile(wide), wideRows, labels, PermutationImportance.EachFeature(wide), repeats: 2);
        Assert.All(result.Take(4), importance => Assert.True(importance.Mean > 0));
        Assert.Equal(new GroupImportance("f4", 0, 0), result[4]);
    }

    [Fact]
    public void Compute_GroupOfAllFeatures_HurtsNoLessThanTheWorstAlone()
    {
        var (rows, labels) = Labelled();
        var predictor = Predictor.Compile(Ensemble);
        var alone = PermutationImportance.Compute(predictor, rows, labels, PermutationImportance.EachFeature(Ensemble), repeats: 5);
        var together = PermutationImportance.Compute(predictor, rows, labels, [new FeatureGroup("all", [0, 1, 2, 3])], repeats: 5);
        Assert.True(together[0].Mean >= alone.Max(importance => importance.Mean));
    }

    [Fact]
    public void Compute_GroupOfNoFeature_IsRefused()
    {
        var (rows, labels) = Labelled();
        var predictor = Predictor.Compile(Ensemble);
        Assert.Throws<ArgumentException>(() => PermutationImportance.Compute(predictor, rows, labels, [new FeatureGroup("none", [])]));
        Assert.Throws<ArgumentException>(() => PermutationImportance.Compute(predictor, rows, labels, [new FeatureGroup("beyond", [4])]));
    }

    [Fact]
    public void CountsGainsAndMagnitudes_AnEnsemble_BelongToTheFeaturesThatSplit()
    {
        var wide = new TreeEnsemble(RandomEnsembles.Create(0, 5, 1, 1).Header, [.. Ensemble.Trees], "");
        Assert.Equal(Ensemble.Trees.Sum(tree => tree.SplitCount), SplitImportance.Counts(wide).Sum());
        Assert.Equal(0, SplitImportance.Gains(wide).Sum());   // random trees have no gains
        var magnitudes = ShapImportance.MeanMagnitudes(TreeExplainer.PathDependent(wide), [1, 1, 1, 1, 1, -1, -1, -1, -1, -1]);
        Assert.All(magnitudes.Take(4), magnitude => Assert.True(magnitude > 0));
        Assert.Equal(0, magnitudes[4]);
    }

    private static (double[] Rows, double[] Labels) Labelled()
    {
        var random = new Random(1);
        double[] rows = [.. Enumerable.Range(0, 400 * 4).Select(_ => (random.NextDouble() * 4) - 2)];
        var labels = new double[400];
        Predictor.Compile(Ensemble).PredictBatch(rows, labels);
        return (rows, labels);
    }
}
