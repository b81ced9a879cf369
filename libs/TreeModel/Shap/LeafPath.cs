using RateLimitSuite.TreeModel.Intervals;

namespace RateLimitSuite.TreeModel.Shap;

/// <summary>What all splits on one feature, along the path to a leaf, ask together.</summary>
/// <param name="Feature">The feature.</param>
/// <param name="Allowed">Its intervals that pass all of them.</param>
/// <param name="Weight">Share of the training rows that pass them: product of child by parent cover; 0 where the parent has none.</param>
internal readonly record struct PathCondition(int Feature, IntervalSet Allowed, double Weight);

/// <summary>A leaf as the conditions on its unique features, in the order of the features.</summary>
/// <param name="Leaf">Number of the leaf in its tree.</param>
/// <param name="Value">What it adds to the raw score.</param>
/// <param name="Conditions">One condition a feature of its path.</param>
internal sealed record LeafPath(int Leaf, double Value, PathCondition[] Conditions);
