namespace RateLimitSuite.TreeModel.Text;

/// <summary>What a model text says before its trees.</summary>
/// <param name="Lines">All header lines but <c>tree_sizes</c>, kept as they were read.</param>
/// <param name="FeatureNames">Names of the features, in order.</param>
/// <param name="Objective">Objective and link.</param>
/// <param name="AveragesTrees">Whether the trees are averaged (random forest).</param>
internal sealed record ModelHeader(string[] Lines, string[] FeatureNames, Objective Objective, bool AveragesTrees);
