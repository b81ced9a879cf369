namespace RateLimitSuite.LightGbm.Tests;

public class LightGbmTrainerTests
{
    [Fact]
    public void Train_KnownFunction_PredictsItWithinItsNoise()
    {
        var model = LightGbmTrainer.Train(MadeData.Parameters(), MadeData.Rows(2000, seed: 1), iterations: 100);

        using var booster = Booster.Load(model.Text);
        double[] rows = [0.9, 0.5, 0.5, 0.1, 0.5, 0.5];
        var predictions = booster.Predict(FeatureMatrix.OfRows(rows, MadeData.Features));
        Assert.Equal(160, predictions[0], tolerance: 2);   // 100 + 50 + 20 × 0.5
        Assert.Equal(110, predictions[1], tolerance: 2);   // 100 + 20 × 0.5
        Assert.Equal(100, booster.Iterations);
        Assert.Equal(["step", "slope", "nothing"], booster.GetFeatureNames());
    }

    [Fact]
    public void Train_Twice_GivesTheSameText()
    {
        var rows = MadeData.Rows(500, seed: 2);

        var first = LightGbmTrainer.Train(MadeData.Parameters(), rows, iterations: 20);
        var second = LightGbmTrainer.Train(MadeData.Parameters(), rows, iterations: 20);

        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public void Train_ColumnMajorRows_GivesTheModelOfTheRowMajorOnes()
    {
        var rows = MadeData.Rows(500, seed: 3);
        var columns = new double[rows.Features.Values.Length];
        for (var row = 0; row < rows.Features.Rows; row++)
        {
            for (var column = 0; column < MadeData.Features; column++)
            {
                columns[(column * rows.Features.Rows) + row] = rows.Features.Values.Span[(row * MadeData.Features) + column];
            }
        }

        var byColumn = new TrainingRows(FeatureMatrix.OfColumns(columns, MadeData.Features), rows.Labels, featureNames: rows.FeatureNames);

        Assert.Equal(
            LightGbmTrainer.Train(MadeData.Parameters(), rows, iterations: 10).Text,
            LightGbmTrainer.Train(MadeData.Parameters(), byColumn, iterations: 10).Text);
    }

    [Fact]
    public void Train_ValidationStopsImproving_KeepsTheBestIterations()
    {
        var parameters = new LightGbmParameters(MadeData.Parameters()) { { "min_data_in_leaf", 1 }, { "num_leaves", 255 }, { "learning_rate", 0.5 } };

        var model = LightGbmTrainer.Train(parameters, MadeData.Rows(300, seed: 4), MadeData.Rows(300, seed: 5), iterations: 500, earlyStopping: 5);

        Assert.InRange(model.Iterations, 1, 494);
        Assert.Equal("rmse", model.Metric);
        using var booster = Booster.Load(model.Text);
        Assert.Equal(model.Iterations, booster.Iterations);
    }

    [Fact]
    public void Train_WithProgress_ReportsEveryIterationAndAFallingError()
    {
        var reports = new List<TrainingProgress>();
        var progress = new Recorder(reports.Add);

        LightGbmTrainer.Train(MadeData.Parameters(), MadeData.Rows(500, seed: 6), MadeData.Rows(500, seed: 7), iterations: 30, progress: progress);

        Assert.Equal(Enumerable.Range(1, 30), reports.Select(r => r.Iteration));
        Assert.True(reports[^1].Validation < reports[0].Validation / 5, $"{reports[0].Validation} fell only to {reports[^1].Validation}");
    }

    [Fact]
    public void Train_Cancelled_StopsAfterTheIterationAtHand()
    {
        using var cancellation = new CancellationTokenSource();
        var done = 0;
        var progress = new Recorder(report =>
        {
            done = report.Iteration;
            if (done == 3)
            {
                cancellation.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() => LightGbmTrainer.Train(
            MadeData.Parameters(), MadeData.Rows(500, seed: 8), iterations: 1000, progress: progress, cancellationToken: cancellation.Token));
        Assert.Equal(3, done);
    }

    [Fact]
    public void Train_ConstantLabels_GivesTheConstant()
    {
        var rows = MadeData.Rows(100, seed: 9);
        var labels = new float[100];
        Array.Fill(labels, 7);

        var model = LightGbmTrainer.Train(MadeData.Parameters(), new TrainingRows(rows.Features, labels));

        using var booster = Booster.Load(model.Text);
        Assert.Equal(7, booster.Predict(FeatureMatrix.OfRows(new double[MadeData.Features], MadeData.Features))[0], tolerance: 1e-6);
        Assert.Equal(model.Iterations, booster.Iterations);
    }

    [Fact]
    public void Train_WeightsOfZero_LeaveThoseRowsOut()
    {
        var rows = MadeData.Rows(1000, seed: 10);
        var labels = rows.Labels.ToArray();
        var weights = new float[1000];
        for (var row = 0; row < 1000; row++)
        {
            weights[row] = row % 2;
            labels[row] = row % 2 == 0 ? -1000 : labels[row];
        }

        var model = LightGbmTrainer.Train(MadeData.Parameters(), new TrainingRows(rows.Features, labels, weights), iterations: 50);

        using var booster = Booster.Load(model.Text);
        Assert.All(booster.Predict(rows.Features), prediction => Assert.InRange(prediction, 90, 180));
    }

    private sealed class Recorder(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
