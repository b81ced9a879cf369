namespace RateLimitSuite.LightGbm.Tests;

public class LightGbmErrorTests
{
    [Fact]
    public void Load_NotAModel_SaysSo()
    {
        var error = Assert.Throws<LightGbmException>(() => Booster.Load("no model"));

        Assert.Contains("BoosterLoadModelFromString", error.Message, StringComparison.Ordinal);
        Assert.Contains("Model file doesn't specify", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_UnknownObjective_NamesIt()
    {
        var parameters = new LightGbmParameters(MadeData.Parameters()) { { "objective", "guessing" } };

        var error = Assert.Throws<LightGbmException>(() => LightGbmTrainer.Train(parameters, MadeData.Rows(100, seed: 1)));

        Assert.Contains("guessing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_FailureOnAnotherThread_IsReportedThere()
    {
        var parameters = new LightGbmParameters(MadeData.Parameters()) { { "objective", "guessing" } };
        var first = Task.Run(() => Record.Exception(() => LightGbmTrainer.Train(parameters, MadeData.Rows(100, seed: 1))));
        var second = Task.Run(() => Record.Exception(() => Booster.Load("no model")));

        Assert.Contains("guessing", (await first)!.Message, StringComparison.Ordinal);
        Assert.Contains("Model file", (await second)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_WrongNumberOfColumns_NamesBothNumbers()
    {
        using var booster = Booster.Load(LightGbmTrainer.Train(MadeData.Parameters(), MadeData.Rows(200, seed: 1), iterations: 2).Text);

        var error = Assert.Throws<LightGbmException>(() => booster.Predict(FeatureMatrix.OfRows(new double[4], 4)));

        Assert.Contains("(4)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingRows_LabelNotANumber_NamesTheRow()
    {
        var error = Assert.Throws<ArgumentException>(() => new TrainingRows(FeatureMatrix.OfRows(new double[6], 3), new float[] { 1, float.NaN }));

        Assert.Contains("labels[1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainingRows_NegativeWeight_NamesTheRow()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new TrainingRows(FeatureMatrix.OfRows(new double[6], 3), new float[] { 1, 2 }, new float[] { 1, -1 }));

        Assert.Contains("weights[1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FeatureMatrix_IncompleteRow_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => FeatureMatrix.OfRows(new double[7], 3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0.1 num_leaves=1000")]
    [InlineData("0.1\n")]
    public void Parameters_TextThatWouldStartAnother_IsRefused(string value)
    {
        Assert.Throws<ArgumentException>(() => new LightGbmParameters { { "learning_rate", value } });
    }
}
