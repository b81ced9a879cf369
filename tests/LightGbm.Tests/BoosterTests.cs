namespace RateLimitSuite.LightGbm.Tests;

public sealed class BoosterTests : IDisposable
{
    private const int Iterations = 40;

    private readonly TrainingRows _rows = MadeData.Rows(1000, seed: 11);
    private readonly Booster _booster;

    public BoosterTests()
    {
        _booster = Booster.Load(LightGbmTrainer.Train(MadeData.Parameters(), _rows, iterations: Iterations).Text);
    }

    public void Dispose() => _booster.Dispose();

    [Fact]
    public void Predict_Contributions_AddUpToTheRawPrediction()
    {
        var raw = _booster.Predict(_rows.Features, PredictionKind.Raw);
        var contributions = _booster.Predict(_rows.Features, PredictionKind.Contribution);

        for (var row = 0; row < raw.Length; row++)
        {
            var parts = contributions.AsSpan(row * (MadeData.Features + 1), MadeData.Features + 1);   // Features, then the base value.
            Assert.Equal(raw[row], Sum(parts), tolerance: 1e-9 * raw[row]);
        }

        Assert.Equal(MadeData.Mean, contributions[MadeData.Features], tolerance: 3);
    }

    [Fact]
    public void PredictLeaves_EveryRow_GivesOneLeafOfEachTree()
    {
        var leaves = _booster.PredictLeaves(_rows.Features);

        Assert.Equal(_rows.Features.Rows * _booster.Trees, leaves.Length);
        Assert.All(leaves, leaf => Assert.InRange(leaf, 0, 14));
        Assert.True(leaves.Distinct().Count() > 10);
    }

    [Fact]
    public void PredictLeaves_MoreRowsThanOneChunk_AgreesWithTheBatch()
    {
        var rows = MadeData.Rows(20_000, seed: 14).Features;

        Assert.Equal(_booster.Predict(rows, PredictionKind.Leaf), _booster.PredictLeaves(rows).Select(leaf => (double)leaf));
    }

    [Fact]
    public void SingleRowPredictor_EveryKind_AgreesWithTheBatch()
    {
        foreach (var kind in Enum.GetValues<PredictionKind>())
        {
            using var single = _booster.CreateSingleRowPredictor(kind);
            var expected = _booster.Predict(_rows.Features, kind);
            var results = new double[single.Length];

            single.Predict(_rows.Features.Values.Span.Slice(5 * MadeData.Features, MadeData.Features), results);

            Assert.Equal(expected[(5 * single.Length)..(6 * single.Length)], results);
        }
    }

    [Fact]
    public void SingleRowPredictor_BoosterDisposed_StillPredicts()
    {
        var booster = Booster.Load(_booster.Save());
        using var single = booster.CreateSingleRowPredictor();
        booster.Dispose();
        var results = new double[1];

        single.Predict([0.9, 0.5, 0.5], results);

        Assert.Equal(160, results[0], tolerance: 4);   // 100 + 50 + 20 × 0.5
    }

    [Fact]
    public void SingleRowPredictor_RowTooShort_IsRefusedBeforeLightGbmReadsBeyondIt()
    {
        using var single = _booster.CreateSingleRowPredictor();

        var error = Assert.Throws<ArgumentException>(() => single.Predict([1, 2], new double[1]));

        Assert.Contains("3 features", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_LoadedModel_PredictsTheSameToTheLastBit()
    {
        using var again = Booster.Load(_booster.Save());

        Assert.Equal(_booster.Predict(_rows.Features), again.Predict(_rows.Features));
    }

    [Fact]
    public void Save_FirstIterations_HoldsOnlyThose()
    {
        using var shortened = Booster.Load(_booster.Save(iterations: 7));

        Assert.Equal(7, shortened.Iterations);
    }

    [Fact]
    public void GetFeatureImportance_FeatureWithoutInfluence_HasTheLeast()
    {
        var gain = _booster.GetFeatureImportance(ImportanceKind.Gain);

        Assert.True(gain[2] < gain[1] && gain[1] < gain[0], string.Join(", ", gain));
    }

    [Fact]
    public void Refit_ShiftedLabels_MovesPredictionsWithoutChangingTheTrees()
    {
        var shifted = MadeData.Rows(1000, seed: 12, shift: 30);

        using var refitted = _booster.Refit(shifted, decay: 0, MadeData.Parameters());

        var mean = refitted.Predict(shifted.Features).Average();
        Assert.Equal(MadeData.Mean + 30, mean, tolerance: 3);
        Assert.Equal(_booster.PredictLeaves(shifted.Features), refitted.PredictLeaves(shifted.Features));
    }

    [Fact]
    public void Refit_FullDecay_KeepsTheModel()
    {
        using var refitted = _booster.Refit(MadeData.Rows(1000, seed: 13, shift: 30), decay: 1, MadeData.Parameters());

        Assert.Equal(_booster.Predict(_rows.Features), refitted.Predict(_rows.Features));
    }

    [Fact]
    public void RollBack_OneIteration_LeavesTheOthers()
    {
        using var dataset = new Dataset(_rows, MadeData.Parameters());
        using var booster = Booster.Create(dataset, MadeData.Parameters());
        booster.Update();
        booster.Update();

        booster.RollBack();

        Assert.Equal(1, booster.Iterations);
    }

    [Fact]
    public void Create_DatasetDisposed_StillTrains()
    {
        var dataset = new Dataset(_rows, MadeData.Parameters());
        using var booster = Booster.Create(dataset, MadeData.Parameters());
        dataset.Dispose();

        Assert.True(booster.Update());
        Assert.Equal("rmse", Assert.Single(booster.GetMetricNames()));
        Assert.InRange(booster.EvaluateTraining()[0], 1, 30);
    }

    [Fact]
    public void Predict_ManyThreads_AgreeWithOne()
    {
        var expected = _booster.Predict(_rows.Features, PredictionKind.Contribution);

        Parallel.For(0, 8, _ => Assert.Equal(expected, _booster.Predict(_rows.Features, PredictionKind.Contribution)));
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
