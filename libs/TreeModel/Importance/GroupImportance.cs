namespace RateLimitSuite.TreeModel;

/// <summary>How much the error grows when one group of features is shuffled.</summary>
/// <param name="Name">Name of the feature or group.</param>
/// <param name="Mean">Mean growth of the mean absolute error over the repeats, in the label's unit.</param>
/// <param name="StandardDeviation">Sample standard deviation over the repeats; 0 for one repeat.</param>
public sealed record GroupImportance(string Name, double Mean, double StandardDeviation);
