namespace RateLimitSuite.TreeModel.Tests;

public class GoldenTests
{
    [GoldenFact]
    public void ToLightGbmText_GoldenModel_IsTheTextItWasReadFrom() =>
        Assert.Equal(Golden.ModelText, Golden.Model().ToLightGbmText());

    [GoldenFact]
    public void Predict_GoldenRows_EqualsNativeLightGbm()
    {
        var predictor = Predictor.Compile(Golden.Model());
        var expected = Golden.Csv("pred.csv");
        var rows = Golden.Csv("X.csv");
        Assert.Equal(500, rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            Assert.Equal(expected[row][0], predictor.Predict(rows[row]), 1e-12 * Math.Max(1, Math.Abs(expected[row][0])));
        }
    }

    [GoldenFact]
    public void Explain_GoldenRows_EqualsNativeContributions()
    {
        var explainer = TreeExplainer.PathDependent(Golden.Model());
        var expected = Golden.Csv("contrib.csv");
        var rows = Golden.Csv("X.csv");
        var values = new double[6];
        for (var row = 0; row < rows.Length; row++)
        {
            var baseValue = explainer.Explain(rows[row], values);
            Assert.Equal(expected[row][6], baseValue, 1e-10);
            for (var feature = 0; feature < 6; feature++)
            {
                Assert.Equal(expected[row][feature], values[feature], 1e-10);
            }
        }
    }

    [GoldenFact]
    public void ExplainInteractions_BothModes_RowsAddUpAndAreSymmetric()
    {
        var model = Golden.Model();
        var rows = Golden.Csv("X.csv");
        var background = rows[..100].SelectMany(row => row).ToArray();
        var options = new TreeExplainerOptions { WithInteractions = true, TableBytesMax = 8 << 20 };
        foreach (var explainer in new[] { TreeExplainer.PathDependent(model, options), TreeExplainer.Interventional(model, background, options) })
        {
            var predictor = Predictor.Compile(model);
            var values = new double[6];
            var pairs = new double[36];
            foreach (var row in rows[..50])
            {
                var total = explainer.Explain(row, values) + values.Sum();
                Assert.Equal(predictor.Predict(row), total, 1e-9);
                explainer.ExplainInteractions(row, pairs);
                for (var i = 0; i < 6; i++)
                {
                    Assert.Equal(values[i], pairs.Skip(i * 6).Take(6).Sum(), 1e-9);
                    for (var j = 0; j < 6; j++)
                    {
                        Assert.Equal(pairs[(i * 6) + j], pairs[(j * 6) + i]);
                    }
                }
            }
        }
    }
}
