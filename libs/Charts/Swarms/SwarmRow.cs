namespace RateLimitSuite.Charts;

/// <summary>One feature of a <see cref="BeeswarmChart"/>.</summary>
/// <param name="Name">The feature.</param>
/// <param name="Points">Its value and SHAP value in one explanation each.</param>
public sealed record SwarmRow(string Name, IReadOnlyList<(double Value, double Shap)> Points);
