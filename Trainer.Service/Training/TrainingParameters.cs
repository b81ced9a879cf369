using System.Text.Json;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Training;

/// <summary>Every number that decides what model comes out of given rows.</summary>
/// <param name="Objective">regression or huber.</param>
/// <param name="HuberAlpha">tokens/s beyond which an error counts linearly; 0 with another objective.</param>
/// <param name="Iterations">Trees.</param>
/// <param name="LearningRate">Share of its correction that each tree applies.</param>
/// <param name="DepthMaximum">Depth of a tree at most.</param>
/// <param name="LeavesMaximum">Leaves of a tree at most.</param>
/// <param name="LeafRowsMinimum">Rows that a leaf needs.</param>
/// <param name="EarlyStoppingRounds">0: none.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Threads">Part of what makes a training reproducible.</param>
internal sealed record TrainingParameters(
    string Objective, double HuberAlpha, int Iterations, double LearningRate, int DepthMaximum, int LeavesMaximum, int LeafRowsMinimum,
    int EarlyStoppingRounds, int Seed, int Threads)
{
    /// <summary>The options' parameters; one processor is left to serving.</summary>
    public static TrainingParameters From(TrainerOptions options) => new(
        options.Objective, 0, options.Iterations, options.LearningRate, options.DepthMaximum, options.LeavesMaximum, options.LeafRowsMinimum,
        options.EarlyStoppingRounds, options.Seed, options.Threads > 0 ? options.Threads : Math.Max(1, Environment.ProcessorCount - 1));

    /// <summary>Direction in which the prediction may move with a feature: 1 up, -1 down, 0 either way.</summary>
    public static int Direction(int feature) => feature switch
    {
        FeatureSchema.ClientRisk or FeatureSchema.AverageLatency => -1,
        FeatureSchema.IpReputation => 1,
        _ => 0,
    };

    /// <summary>As the registry keeps them.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);
}
