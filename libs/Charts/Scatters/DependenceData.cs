namespace RateLimitSuite.Charts;

/// <summary>What a <see cref="DependenceChart"/> shows.</summary>
/// <param name="Title">What a screen reader says first.</param>
/// <param name="Feature">The feature along the axis.</param>
/// <param name="Other">The feature that colours; empty: none does.</param>
/// <param name="Unit">Unit of the SHAP values.</param>
/// <param name="Points">One an explanation: the feature's value, its SHAP value, and the other feature's value.</param>
public sealed record DependenceData(string Title, string Feature, string Other, string Unit, IReadOnlyList<(double Value, double Shap, double Other)> Points);
