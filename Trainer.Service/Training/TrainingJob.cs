using RateLimitSuite.Contracts;

namespace RateLimitSuite.Trainer.Training;

/// <summary>What a training is made of.</summary>
/// <param name="Schema">What the columns mean.</param>
/// <param name="Columns">Feature values, column after column: F × <see cref="Rows"/>.</param>
/// <param name="Labels">What is fitted to, one a row, tokens/s.</param>
/// <param name="Low">Lower end of each label, tokens/s.</param>
/// <param name="High">Upper end of each label, tokens/s.</param>
/// <param name="Weights">One a row, at least one over 0.</param>
/// <param name="Parameters">How to train.</param>
internal sealed record TrainingJob(
    FeatureSchema Schema, double[] Columns, float[] Labels, float[] Low, float[] High, float[] Weights, TrainingParameters Parameters)
{
    /// <summary>Rows to train on.</summary>
    public int Rows => Labels.Length;
}
