namespace RateLimitSuite.Contracts;

/// <summary>One entry of the <see cref="FeatureSchema"/>.</summary>
/// <param name="Name">Lower case with underscores, unique in its schema.</param>
/// <param name="Unit">UCUM-like unit; empty for a ratio or a category.</param>
/// <param name="Minimum">Least value that is accepted.</param>
/// <param name="Maximum">Greatest value that is accepted.</param>
/// <param name="Default">What stands in where nothing is known.</param>
/// <param name="Source">Who supplies it.</param>
/// <param name="Categorical">Whether values are codes without an order: whole numbers ≥ 0.</param>
public sealed record Feature(
    string Name, string Unit, double Minimum, double Maximum, double Default, FeatureSource Source, bool Categorical = false);
