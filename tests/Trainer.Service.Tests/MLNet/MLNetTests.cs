using System.Text;
using Microsoft.ML;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.MLNet;
using RateLimitSuite.Trainer.Tests.Gates;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests.MLNet;

/// <summary>The engine and the bridge that only a build with ML.NET has.</summary>
public sealed class MLNetTests
{
    private static readonly TrainerOptions Options = new() { Iterations = 100, EarlyStoppingRounds = 0 };

    [Fact]
    public void Train_KnownRates_PredictsThemWithCountsThatShapCanUse()
    {
        var rows = new Traffic().Columns(6_000);
        var split = new TimeSplit(4_800, 5_000);

        var model = ServingModel.Parse(Encoding.UTF8.GetBytes(new MLNetEngine().Train(Job(rows, split.TrainEnd), null, CancellationToken.None)));

        Assert.InRange(Predictions.Error(rows, split.HoldoutStart, Predictions.Of(model.Predictor, rows, split.HoldoutStart, rows.Count)).Value, 0, 0.08);
        Assert.All(model.Ensemble.Trees, tree => Assert.Equal(split.TrainEnd, tree.LeafCovers.ToArray().Sum()));
    }

    [Fact]
    public void Train_SameJobTwice_GivesTheSameBytes()
    {
        var job = Job(new Traffic().Columns(3_000), 3_000);

        Assert.Equal(new MLNetEngine().Train(job, null, CancellationToken.None), new MLNetEngine().Train(job, null, CancellationToken.None));
    }

    [Fact]
    public void Train_HuberAskedFor_SaysThatThisEngineLacksIt()
    {
        var rows = new Traffic().Columns(1_000);
        var job = TrainingJobs.Of(rows, SampleWeights.Of(rows, 1_000).Weights, Options with { Objective = "huber" });

        var problem = Assert.Throws<NotSupportedException>(() => new MLNetEngine().Train(job, null, CancellationToken.None));

        Assert.Contains("huber", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gates_TextOfThisEngine_PassThoseOnForm()
    {
        var rows = new Traffic().Columns(4_000);
        var text = Encoding.UTF8.GetBytes(new MLNetEngine().Train(Job(rows, 3_000), null, CancellationToken.None));
        var context = GateCase.Of(text, rows);

        foreach (var gate in new IOfflineGate[] { new LoadsGate(), new EnvelopeGate(), new AdditivityGate(), new MLNetGate() })
        {
            var outcome = gate.Check(context, CancellationToken.None);
            Assert.True(outcome.Passed, $"{gate.Name}: {outcome.Message}");
        }
    }

    [Fact]
    public void Check_NativeModel_ScoresAgreeAndFiguresStandBeside()
    {
        var outcome = new MLNetGate().Check(GateCase.Of(), CancellationToken.None);

        Assert.True(outcome.Passed, outcome.Message);
        Assert.Contains("importance_request_volume", outcome.NumbersJson, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_GoodModel_IsAZipThatMLNetLoadsAndScoresAlike()
    {
        var context = GateCase.Of();

        var zip = new MLNetExport().Export(context);

        var ml = new MLContext(1);
        using var stream = new MemoryStream(zip);
        var data = MLNetData.Of(ml, context.Rows, context.Split.HoldoutStart, context.Rows.Count);
        var scores = ml.Data.CreateEnumerable<Scored>(ml.Model.Load(stream, out _).Transform(data), reuseRowObject: false).Select(row => (double)row.Score).ToArray();
        Assert.Equal(context.HoldoutPredictions.Length, scores.Length);
        Assert.All(scores.Zip(context.HoldoutPredictions), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    private static TrainingJob Job(MetricsRows rows, int count) => TrainingJobs.Of(rows, SampleWeights.Of(rows, count).Weights, Options);

    private sealed class Scored
    {
        public float Score { get; set; }
    }
}
