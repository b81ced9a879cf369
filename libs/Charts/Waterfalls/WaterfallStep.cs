namespace RateLimitSuite.Charts;

/// <summary>One feature's part in a prediction.</summary>
/// <param name="Name">The feature.</param>
/// <param name="ValueText">Its value, as shown beside the name.</param>
/// <param name="Amount">Its SHAP value, in the prediction's unit.</param>
public readonly record struct WaterfallStep(string Name, string ValueText, double Amount);
