namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Path-dependent SHAP.</summary>
internal sealed class PathSource : IShapleySource
{
    /// <inheritdoc/>
    public double BaseValue(LeafPath path) => path.Conditions.Aggregate(path.Value, (product, condition) => product * condition.Weight);

    /// <inheritdoc/>
    public ILeafShapley ForTable(LeafPath path) => new PathShapley(path);

    /// <inheritdoc/>
    public ILeafShapley ForRunTime(LeafPath path) => new PathShapley(path);
}
