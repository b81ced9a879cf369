namespace RateLimitSuite.Charts;

/// <summary>One prediction of a <see cref="DecisionChart"/>.</summary>
/// <param name="Name">Shown where the pointer rests on its line.</param>
/// <param name="BaseValue">Where the line starts.</param>
/// <param name="Shap">One SHAP value a feature.</param>
public sealed record DecisionPath(string Name, double BaseValue, IReadOnlyList<double> Shap);
