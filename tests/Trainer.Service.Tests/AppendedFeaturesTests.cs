using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor;
using RateLimitSuite.DriftMonitor.Labels;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Explainer;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.TestSupport;
using RateLimitSuite.TreeModel;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.Tests;

/// <summary>A numeric and a categorical feature of a deployment's own, from DriftMonitor's table over training to what Limiter and Explainer make of the model.</summary>
/// <remarks>Decisions are given as the Limiter publishes them; how they come to be published so is in its own tests, and Kafka between them in DriftMonitor's.</remarks>
public sealed class AppendedFeaturesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int Basket = 6, Region = 7, Rows = 4_000, Clients = 40;

    // What a client of each region may have; no order of the codes explains it.
    private static readonly double[] RateOfRegion = [10, 80, 20, 70, 15];

    private static readonly FeatureSchema Schema = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Features:Appended:0:Name"] = "basket",
        ["Features:Appended:0:Maximum"] = "500",
        ["Features:Appended:0:Default"] = "10",
        ["Features:Appended:1:Name"] = "region",
        ["Features:Appended:1:Maximum"] = "4",
        ["Features:Appended:1:Categorical"] = "true",
    }).Build().GetFeatureSchema();

    [Fact]
    public async Task Features_OfTheDeployment_AreStoredTrainedServedAndExplained()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(database, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        Store(database);

        var rows = await new MetricsExtractor(database, TimeProvider.System).ExtractAsync(Schema, TimeSpan.FromDays(7), 10_000, null, CancellationToken.None);
        Assert.Equal((Rows, 0L, 0L), (rows.Count, rows.OtherSchema, rows.OutOfRange));

        var text = Encoding.UTF8.GetBytes(new NativeEngine().Train(
            TrainingJobs.Of(rows, SampleWeights.Of(rows, Rows).Weights, new TrainerOptions()), null, CancellationToken.None));
        Assert.Contains(TreeEnsemble.Parse(text).Trees.SelectMany(tree => Enumerable.Range(0, tree.SplitFeatures.Length).Where(tree.IsCategorical)), _ => true);

        var served = ModelCompiler.Compile("m", Convert.ToHexStringLower(SHA256.HashData(text)), text, Schema);
        for (var region = 0; region < RateOfRegion.Length; region++)
        {
            Assert.InRange(served.Predictor.Predict(Vector(100, region)), 0.9 * RightRate(100, region), 1.1 * RightRate(100, region));
            Assert.True(served.Predictor.Predict(Vector(400, region)) > served.Predictor.Predict(Vector(20, region)));
        }

        Assert.Throws<InvalidDataException>(() => ModelCompiler.Compile("m", "", text, FeatureSchema.V1));
        Explains(text, served);
    }

    [Fact]
    public async Task ExtractAsync_RowsOfAnotherSchema_AreLeftOutAndCounted()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await SuiteMigrations.RunAsync(database, typeof(DriftMonitorOptions).Assembly, "driftmonitor", CancellationToken.None);
        Store(database);

        var rows = await new MetricsExtractor(database, TimeProvider.System).ExtractAsync(FeatureSchema.V1, TimeSpan.FromDays(7), 10_000, null, CancellationToken.None);

        Assert.Equal((0, (long)Rows), (rows.Count, rows.OtherSchema));
        Assert.Contains(Schema.Hash, rows.FirstFault, StringComparison.Ordinal);
    }

    private static void Explains(byte[] text, LoadedModel served)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var metrics = new ExplainerMetrics(services.GetRequiredService<IMeterFactory>(), Schema, TimeProvider.System);
        var model = new ExplainedModel("m", TreeEnsemble.Parse(text), CancellationToken.None);
        var decision = new Decision { RequestId = "r", ClientId = "c", ModelVersion = "m", Features = { Vector(400, 1) }, Prediction = served.Predictor.Predict(Vector(400, 1)) };

        var explained = new ExplanationEngine(Schema, metrics).Explain(decision, model, 1);

        Assert.Equal(decision.Prediction, explained.BaseValue + explained.Shap.Sum(), 1e-6);
        Assert.True(explained.Shap[Basket] > 1 && explained.Shap[Region] > 1, "more basket and a good region raise the rate");
        var message = explained.ToEvent(Schema);
        Assert.Equal(Schema.Names, message.FeatureNames);
        Assert.Equal(["basket", "region"], message.FeatureNames.Skip(Basket));
    }

    private static void Store(NpgsqlDataSource database)
    {
        var store = new MetricsStore(database, Schema, TimeProvider.System);
        store.AddFeatureColumns();
        store.AddFeatureColumns();   // As every start of a replica does.
        var random = new Random(11);
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        var windows = Enumerable.Range(0, Rows / Clients).Select(window => Window(start.AddSeconds(window), random)).ToList();
        store.Write(new PartitionCommit(0, new PartitionOffsets("log", 0, 0), [], null, new EventCounts(), windows), version: 0);
    }

    private static LabelledWindow Window(DateTimeOffset start, Random random)
    {
        var rows = Enumerable.Range(0, Clients).Select(client =>
        {
            var (basket, region) = (Math.Floor(500 * random.NextDouble()), random.Next(RateOfRegion.Length));
            var rate = RightRate(basket, region);
            var decision = new Decision
            {
                ClientId = $"client-{client}", Policy = "default", Backend = "origin", RefillRate = 10, Arm = Arm.Model, Features = { Vector(basket, region) },
            };
            return new MetricRow(start, decision, Schema.Hash, "origin", new RefillLabel(rate, 0.98 * rate, 1.02 * rate, 0.9), Limited: true) { Decisions = 10 };
        }).ToList();
        return new("origin", start, start.AddSeconds(1), rows, new Dictionary<ArmKey, ArmCounts>(), 0, 0, default, false);
    }

    private static double RightRate(double basket, int region) => RateOfRegion[region] + (0.1 * basket);

    private static double[] Vector(double basket, double region) => [10, 0.1, 0.2, 12, 512, 0.9, basket, region];
}
