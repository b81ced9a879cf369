namespace RateLimitSuite.LightGbm;

/// <summary>What a training ends with.</summary>
/// <param name="Text">The model in LightGBM's text form, of the best iterations only.</param>
/// <param name="Iterations">How many iterations the text holds.</param>
/// <param name="Metric">The name of the first metric; null without validation rows.</param>
/// <param name="Validation">That metric on the validation rows at the last kept iteration; null without such rows.</param>
public sealed record TrainedModel(string Text, int Iterations, string? Metric, double? Validation);
