namespace RateLimitSuite.Trainer.Training;

/// <summary>A tree without the counts that explanations weigh by, as engines give it that keep those to themselves.</summary>
/// <param name="SplitFeatures">Feature of each split.</param>
/// <param name="SplitGains">What each split gained in training.</param>
/// <param name="Thresholds">Values up to a split's threshold go left.</param>
/// <param name="LeftChildren">A split's number, or ~ a leaf's.</param>
/// <param name="RightChildren">A split's number, or ~ a leaf's.</param>
/// <param name="LeafValues">tokens/s.</param>
internal sealed record BareTree(
    IReadOnlyList<int> SplitFeatures, IReadOnlyList<double> SplitGains, IReadOnlyList<double> Thresholds, IReadOnlyList<int> LeftChildren,
    IReadOnlyList<int> RightChildren, IReadOnlyList<double> LeafValues);
