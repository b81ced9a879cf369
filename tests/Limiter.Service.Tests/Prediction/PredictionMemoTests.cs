using RateLimitSuite.Contracts;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Prediction;

namespace RateLimitSuite.Limiter.Tests.Prediction;

public sealed class PredictionMemoTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Predict_FarMoreVectorsAndModelsThanItRemembers_IsWhatTheModelPredicts()
    {
        var random = new Random(67);
        var models = Enumerable.Range(0, 3).Select(_ => Steps(random)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            // Few vectors, so that many come again, and many, so that they push each other out.
            var vector = Vector(new Random(random.Next(round % 2 == 0 ? 50 : 5_000)));
            var model = models[random.Next(models.Length)];

            Assert.Equal(model.Predictor.Predict(vector), Remembered(model, vector));
        }
    }

    [Fact]
    public async Task Predict_FromManyThreads_IsWhatTheModelPredicts()
    {
        var models = new[] { Steps(new Random(71)), Steps(new Random(73)) };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var round = 0; round < Rounds; round++)
            {
                var vector = Vector(new Random(random.Next(700)));
                var model = models[random.Next(2)];
                Assert.Equal(model.Predictor.Predict(vector), Remembered(model, vector));
            }
        })));
    }

    [Fact]
    public void Predict_ModelsOfTheSameText_AreToldApart()
    {
        var (low, high) = (TestModels.Step(1, 2), TestModels.Step(3, 4));
        double[] vector = [0, 0, 0.9, 0, 0, 0];

        Assert.Equal((2, 4, 2), (Remembered(low, vector), Remembered(high, vector), Remembered(low, vector)));
    }

    private static double Remembered(LoadedModel model, double[] vector)
    {
        var intervals = default(ClientState.FeatureIntervals);
        model.Predictor.Intervals(vector, ((Span<ushort>)intervals)[..vector.Length]);
        return PredictionMemo.Predict(model, intervals, vector.Length);
    }

    private static double[] Vector(Random random) => [.. Enumerable.Range(0, FeatureSchema.V1.Count).Select(_ => random.NextDouble())];

    // Sixty trees of one split each: ten steps a feature, and no two vectors of different steps with the same sum.
    private static LoadedModel Steps(Random random)
    {
        var trees = Enumerable.Range(0, 60).Select(tree => TestModels.Tree(tree, random.NextDouble(), random.NextDouble(), tree % 6, random.NextDouble()));
        var text = TestModels.Text(trees, FeatureSchema.V1);
        return ModelCompiler.Compile("steps", TestModels.Sha256(text), text, FeatureSchema.V1);
    }
}
