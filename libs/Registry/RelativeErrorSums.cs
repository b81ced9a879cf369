namespace RateLimitSuite.Registry;

/// <summary>What a <see cref="RelativeError"/> is made of: sums, which a table can hold and add up.</summary>
/// <param name="Count">Rows with a weight over 0.</param>
/// <param name="Error">Σ e, with e = w·dist(prediction, [lo, hi]).</param>
/// <param name="Scale">Σ a, with a = w·max(y, 1).</param>
/// <param name="ErrorSquared">Σ e².</param>
/// <param name="ErrorTimesScale">Σ e·a.</param>
/// <param name="ScaleSquared">Σ a².</param>
public readonly record struct RelativeErrorSums(
    long Count, double Error, double Scale, double ErrorSquared, double ErrorTimesScale, double ScaleSquared);
