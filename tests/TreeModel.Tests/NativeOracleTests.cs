using RateLimitSuite.LightGbm;

namespace RateLimitSuite.TreeModel.Tests;

public class NativeOracleTests
{
    private const int RowsCount = 400;

    public static TheoryData<string, int, int> Models => new()
    {
        { "objective=regression max_depth=3 num_leaves=8", 1, 1 },
        { "objective=regression max_depth=5 num_leaves=31", 6, 200 },
        { "objective=regression max_depth=12 num_leaves=200 min_data_in_leaf=1", 10, 20 },
        { "objective=regression max_depth=4 num_leaves=15 learning_rate=0.02", 3, 500 },
        { "objective=regression max_depth=8 num_leaves=60", 40, 30 },
        { "objective=regression use_missing=false num_leaves=31", 6, 30 },
        { "objective=regression zero_as_missing=true num_leaves=31", 6, 30 },
        { "objective=regression categorical_feature=3,8 max_cat_to_onehot=2 cat_smooth=1 min_data_per_group=5 num_leaves=31", 10, 40 },
        { "objective=regression reg_sqrt=true num_leaves=31", 5, 20 },
        { "objective=regression_l1 num_leaves=31", 5, 20 },
        { "objective=huber num_leaves=31", 5, 20 },
        { "objective=fair num_leaves=31", 5, 20 },
        { "objective=quantile alpha=0.8 num_leaves=31", 5, 20 },
        { "objective=mape num_leaves=31", 5, 20 },
        { "objective=poisson num_leaves=31", 5, 20 },
        { "objective=gamma num_leaves=31", 5, 20 },
        { "objective=tweedie num_leaves=31", 5, 20 },
        { "objective=regression boosting=rf bagging_freq=1 bagging_fraction=0.6 feature_fraction=0.8 num_leaves=31", 6, 20 },
        { "objective=regression boosting=dart num_leaves=31", 5, 20 },
    };

    [NativeTheory]
    [MemberData(nameof(Models))]
    public void Predict_RowsOnAndBesideThresholds_EqualsNativeLightGbm(string parameters, int features, int trees)
    {
        using var native = NativeModel.Train(parameters, features, trees);
        var predictor = Predictor.Compile(native.Ensemble);
        var rows = RandomEnsembles.Rows(native.Ensemble, 3, RowsCount);
        var leaves = native.Predict(rows, PredictionKind.Leaf);
        var predictions = native.Predict(rows, PredictionKind.Normal);
        var found = new int[native.Ensemble.TreeCount];
        for (var row = 0; row < rows.Length; row++)
        {
            predictor.PredictLeaves(rows[row], found);
            Assert.Equal(leaves.Skip(row * found.Length).Take(found.Length).Select(leaf => (int)leaf), found);
            Assert.Equal(predictions[row], predictor.Predict(rows[row]), 1e-12 * Math.Max(1, Math.Abs(predictions[row])));
        }
    }

    [NativeTheory]
    [MemberData(nameof(Models))]
    public void Explain_RowsOnAndBesideThresholds_EqualsNativeContributions(string parameters, int features, int trees)
    {
        using var native = NativeModel.Train(parameters, features, trees);
        var explainer = TreeExplainer.PathDependent(native.Ensemble);
        var rows = RandomEnsembles.Rows(native.Ensemble, 4, 60);
        var expected = native.Predict(rows, PredictionKind.Contribution);
        var values = new double[features];

        // Native contributions of a random forest add up to the sum of its trees, ours to the prediction, which is their mean.
        var scale = native.Ensemble.AveragesTrees ? 1.0 / native.Ensemble.TreeCount : 1;
        for (var row = 0; row < rows.Length; row++)
        {
            var nativeRow = expected.AsSpan(row * (features + 1), features + 1).ToArray();
            var tolerance = 1e-9 * Math.Max(1, nativeRow.Max(Math.Abs));
            Assert.Equal(nativeRow[features] * scale, explainer.Explain(rows[row], values), tolerance);
            Assert.All(Enumerable.Range(0, features), feature => Assert.Equal(nativeRow[feature] * scale, values[feature], tolerance));
        }
    }

    [NativeTheory]
    [MemberData(nameof(Models))]
    public void ToLightGbmText_TrainedModel_IsIdenticalAndReadByNativeLightGbm(string parameters, int features, int trees)
    {
        using var native = NativeModel.Train(parameters, features, trees);
        var written = native.Ensemble.ToLightGbmText();
        Assert.Equal(native.Text, written);
        using var again = Booster.Load(written);
        Assert.Equal(native.Ensemble.TreeCount, again.Trees);
    }

    [NativeTheory]
    [InlineData("objective=regression num_leaves=31", 6, 30)]
    public void WithCovers_TrainingRows_GiveTheCountsThatNativeLightGbmWrote(string parameters, int features, int trees)
    {
        using var native = NativeModel.Train(parameters, features, trees);
        Assert.Equal(native.Text, native.Ensemble.WithCovers(native.TrainingRows).ToLightGbmText());
    }

    [NativeTheory]
    [InlineData("objective=regression linear_tree=true", "is_linear")]
    [InlineData("objective=binary", "objective")]
    [InlineData("objective=multiclass num_class=3", "num_class")]
    public void Parse_WhatIsNotSupported_IsRefusedWithTheReason(string parameters, string key)
    {
        var labels = Enumerable.Range(0, 300).Select(row => (float)(row % (parameters.Contains("binary", StringComparison.Ordinal) ? 2 : 3))).ToArray();
        var values = Enumerable.Range(0, 600).Select(i => Math.Sin(i)).ToArray();
        var settings = new LightGbmParameters { { "verbosity", -1 }, { "num_threads", 1 } };
        foreach (var setting in parameters.Split(' '))
        {
            settings.Add(setting.Split('=')[0], setting.Split('=')[1]);
        }

        var text = LightGbmTrainer.Train(settings, new TrainingRows(FeatureMatrix.OfRows(values, 2), labels), iterations: 3).Text;
        Assert.Equal(key, Assert.Throws<ModelFormatException>(() => TreeEnsemble.Parse(text)).Key);
    }
}
