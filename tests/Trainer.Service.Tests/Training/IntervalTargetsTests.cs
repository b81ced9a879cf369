using System.Text;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Training;

public sealed class IntervalTargetsTests
{
    private const int Trained = 3_000;
    private const int Passes = 4;

    private static readonly TrainerOptions Options = new() { Iterations = 60 };
    private static readonly NativeEngine Engine = new();

    [Theory]
    [InlineData(5, 2, 9, 5)]         // inside: where it is
    [InlineData(1, 2, 9, 2.9)]       // under: beyond the lower end by nine tenths of what was missing
    [InlineData(12, 2, 9, 6.3)]
    [InlineData(1, 2, 2, 2)]         // a point stays the label, however far the prediction is
    [InlineData(40, 2, 2, 2)]
    [InlineData(1, 8, 9, 9)]         // beyond, but never out of the interval
    [InlineData(1, 2, double.PositiveInfinity, 2.9)]
    public void Toward_OnePrediction_GivesThePointOfTheInterval(double prediction, double low, double high, double expected) =>
        Assert.Equal(expected, IntervalTargets.Toward(prediction, low, high), 12);

    [Fact]
    public void Fit_NoPasses_LeavesTheLabels()
    {
        var job = Job(new Traffic().Columns(Trained));

        Assert.Same(job.Labels, IntervalTargets.Fit(job, Engine, 0, null, CancellationToken.None).Labels);
    }

    [Fact]
    public void Fit_LabelsThatAreLowerBounds_TeachesAModelThatErrsFarLess()
    {
        // Of a client that was never limited it is known what it asked for, and that is different from window to window.
        var rows = new Traffic { Alter = (i, row) => Open(row, i) }.Columns(Trained + 1_000);
        var points = Job(rows);

        var targets = IntervalTargets.Fit(points, Engine, Passes, null, CancellationToken.None);

        var (byPoints, byTargets) = (Error(points, rows), Error(targets, rows));
        Assert.True(byTargets < 0.4 * byPoints, $"R {byTargets:F3} with targets, {byPoints:F3} with the labels' points");
        for (var row = 0; row < targets.Rows; row++)
        {
            Assert.InRange(targets.Labels[row], targets.Low[row], targets.High[row]);
        }
    }

    [Fact]
    public void Fit_LabelsThatArePoints_ChangesNothing()
    {
        var job = Job(new Traffic { Alter = (_, row) => row.Low = row.High = row.Label }.Columns(Trained));

        Assert.Equal(job.Labels, IntervalTargets.Fit(job, Engine, Passes, null, CancellationToken.None).Labels);
    }

    [Fact]
    public void Fit_SameJobTwice_GivesTheSameTargets()
    {
        var job = Job(new Traffic { Alter = (i, row) => Open(row, i) }.Columns(Trained));

        Assert.Equal(
            IntervalTargets.Fit(job, Engine, Passes, null, CancellationToken.None).Labels, IntervalTargets.Fit(job, Engine, Passes, null, CancellationToken.None).Labels);
    }

    // What was asked for swings by half around the right rate; three times that would have been served.
    private static void Open(RawRow row, int i)
    {
        row.Low = row.Label * (1 + (0.5 * Math.Sin(i * 0.7)));
        row.High = 3 * row.Label;
        row.Label = row.Low;
    }

    private static TrainingJob Job(MetricsRows rows) => TrainingJobs.Of(rows, SampleWeights.Of(rows, Trained).Weights, Options);

    private static double Error(TrainingJob job, MetricsRows rows)
    {
        var model = ServingModel.Parse(Encoding.UTF8.GetBytes(Engine.Train(job, null, CancellationToken.None)));
        return Predictions.Error(rows, Trained, Predictions.Of(model.Predictor, rows, Trained, rows.Count)).Value;
    }
}
