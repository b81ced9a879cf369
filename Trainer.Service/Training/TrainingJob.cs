using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Training;

/// <summary>What a training is made of.</summary>
/// <param name="Schema">What the columns mean.</param>
/// <param name="Columns">Feature values, column after column: F × <see cref="Rows"/>.</param>
/// <param name="Labels">One a row, tokens/s.</param>
/// <param name="Weights">One a row, at least one over 0.</param>
/// <param name="Parameters">How to train.</param>
internal sealed record TrainingJob(FeatureSchema Schema, double[] Columns, float[] Labels, float[] Weights, TrainingParameters Parameters)
{
    /// <summary>Rows to train on.</summary>
    public int Rows => Labels.Length;
}
