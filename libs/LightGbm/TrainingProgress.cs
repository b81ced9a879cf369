namespace RateLimitSuite.LightGbm;

/// <summary>How far a training is.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="Iterations">Iterations planned.</param>
/// <param name="Validation">The first metric on the validation rows; null without such rows.</param>
public readonly record struct TrainingProgress(int Iteration, int Iterations, double? Validation);
