using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer.MLNet;

/// <summary>ML.NET's LightGBM trainer at the suite's fixed numbers.</summary>
/// <remarks>It knows no monotone constraints and no huber objective, rounds thresholds to float and hides counts, which are filled in by
/// routing the training rows; the gates judge the text that comes out, like any other. A training under way cannot be cancelled.</remarks>
internal sealed class MLNetEngine : ITrainingEngine
{
    public string Name => "mlnet";

    public string? Problem => null;

    public string Train(TrainingJob job, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        if (job.Parameters.HuberAlpha > 0 || job.Parameters.EarlyStoppingRounds > 0)
        {
            throw new NotSupportedException("Trainer:Engine 'mlnet' knows neither Trainer:Objective 'huber' nor Trainer:EarlyStoppingRounds; use 'native'.");
        }

        var context = new MLContext(job.Parameters.Seed);
        var model = context.Regression.Trainers.LightGbm(ToOptions(job.Parameters)).Fit(MLNetData.Of(context, job)).Model;
        cancellationToken.ThrowIfCancellationRequested();
        progress?.Report(1);
        return BareTreeText.Write([.. model.TrainedTreeEnsemble.Trees.Select(ToBare)], job);
    }

    // Its defaults for child weight and regularisation differ from LightGBM's own, which the native engine trains with.
    private static LightGbmRegressionTrainer.Options ToOptions(TrainingParameters parameters) => new()
    {
        LabelColumnName = nameof(MLNetRow.Label),
        FeatureColumnName = nameof(MLNetRow.Features),
        ExampleWeightColumnName = nameof(MLNetRow.Weight),
        NumberOfIterations = parameters.Iterations,
        LearningRate = parameters.LearningRate,
        NumberOfLeaves = parameters.LeavesMaximum,
        MinimumExampleCountPerLeaf = parameters.LeafRowsMinimum,
        Seed = parameters.Seed,
        NumberOfThreads = parameters.Threads,
        Deterministic = true,
        ForceRowWise = true,
        UseCategoricalSplit = false,
        Booster = new GradientBooster.Options { MaximumTreeDepth = parameters.DepthMaximum, MinimumChildWeight = 1e-3, L2Regularization = 0 },
    };

    private static BareTree ToBare(RegressionTree tree) => new(
        [.. tree.NumericalSplitFeatureIndexes.Take(tree.NumberOfNodes)], [.. tree.SplitGains.Take(tree.NumberOfNodes)],
        [.. tree.NumericalSplitThresholds.Take(tree.NumberOfNodes).Select(threshold => (double)threshold)],
        [.. tree.LeftChild.Take(tree.NumberOfNodes)], [.. tree.RightChild.Take(tree.NumberOfNodes)], [.. tree.LeafValues.Take(tree.NumberOfLeaves)]);
}
