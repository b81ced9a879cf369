namespace RateLimitSuite.TreeModel.Shap.Tables;

/// <summary>A group that gets a table, with the tree it belongs to.</summary>
/// <param name="Classes">Classes of its tree.</param>
/// <param name="Source">What the tree's leaves are worth.</param>
/// <param name="Group">The group.</param>
/// <param name="Leaves">Its leaves.</param>
internal sealed record ChosenGroup(TreeClasses Classes, IShapleySource Source, LeafGroup Group, ArraySegment<LeafPath> Leaves);
