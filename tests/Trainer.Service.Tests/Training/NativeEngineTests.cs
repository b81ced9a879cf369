using System.Text;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.Training;

public sealed class NativeEngineTests
{
    private static readonly TrainerOptions Options = new() { Iterations = 60 };

    [Fact]
    public void Train_KnownRates_PredictsThem()
    {
        var rows = new Traffic().Columns(6_000);
        var split = new TimeSplit(4_800, 5_000);

        var model = Train(rows, split.TrainEnd, new() { Iterations = 200 });

        Assert.InRange(Predictions.Error(rows, split.HoldoutStart, Predictions.Of(model.Predictor, rows, split.HoldoutStart, rows.Count)).Value, 0, 0.06);
    }

    [Fact]
    public void Train_SameJobTwice_GivesTheSameBytes()
    {
        var job = Job(new Traffic().Columns(3_000), 3_000, Options);

        Assert.Equal(new NativeEngine().Train(job, null, CancellationToken.None), new NativeEngine().Train(job, null, CancellationToken.None));
    }

    [Fact]
    public void Train_MonotoneFeatures_NeverRiseWithRiskOrLatency()
    {
        var rows = new Traffic().Columns(3_000);
        var model = Train(rows, rows.Count, Options);
        double[] features = [10, 0.1, 0, 12, 512, 0.9];
        var last = double.PositiveInfinity;
        for (var risk = 0.0; risk <= 1; risk += 0.01)
        {
            features[2] = risk;
            var prediction = model.Predictor.Predict(features);
            Assert.True(prediction <= last + 1e-9);
            last = prediction;
        }
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        var job = Job(new Traffic().Columns(3_000), 3_000, Options);

        Assert.Throws<OperationCanceledException>(() => new NativeEngine().Train(job, new CancelAtOnce(source), source.Token));
    }

    [Fact]
    public void Fit_RatesHalved_RefitFollowsThemAndKeepsEverySplit()
    {
        var before = new Traffic().Columns(3_000);
        var champion = Train(before, before.Count, new() { Iterations = 200 }).Ensemble;
        var after = new Traffic { Seed = 8, Factor = _ => 0.5 }.Columns(2_000);
        var weights = SampleWeights.Of(after, 1_500).Weights;

        var refitted = LeafRefit.Fit(champion, after, 0, weights, 0.05, CancellationToken.None);

        var old = Predictions.Error(after, 1_500, Predictions.Of(TreeModel.Predictor.Compile(champion), after, 1_500, 2_000)).Value;
        var now = Predictions.Error(after, 1_500, Predictions.Of(TreeModel.Predictor.Compile(refitted), after, 1_500, 2_000)).Value;
        Assert.True(old > 0.8);
        Assert.True(now < 0.1, $"R {old} before and {now} after the refit");
        Assert.Equal(champion.Trees.SelectMany(tree => tree.SplitFeatures.ToArray()), refitted.Trees.SelectMany(tree => tree.SplitFeatures.ToArray()));
    }

    [Fact]
    public void Fit_LinearRates_RidgeFindsThem()
    {
        var rows = new Traffic { Alter = (_, row) => row.Label = row.Low = row.High = 3 + 2 * row.Features[0] - 1.5 * row.Features[2] }.Columns(2_000);

        var ridge = RidgeBaseline.Fit(rows, [.. Enumerable.Repeat(1.0, 2_000)], passes: 0);

        Assert.Equal(3 + 2 * 10 - 1.5 * 0.5, ridge.Predict([10, 0.1, 0.5, 12, 512, 0.9]), 1.0);
    }

    private static TrainingJob Job(MetricsRows rows, int count, TrainerOptions options) => TrainingJobs.Of(rows, SampleWeights.Of(rows, count).Weights, options);

    private static ServingModel Train(MetricsRows rows, int count, TrainerOptions options) =>
        ServingModel.Parse(Encoding.UTF8.GetBytes(new NativeEngine().Train(Job(rows, count, options), null, CancellationToken.None)));

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<double>
    {
        public void Report(double value) => source.Cancel();
    }
}
