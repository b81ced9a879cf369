namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Knows, for one leaf, the SHAP and interaction values of every pattern.</summary>
/// <remarks>A pattern has bit j set where the feature vector passes the leaf's condition j.</remarks>
internal interface ILeafShapley
{
    /// <summary>Writes the d SHAP values of one pattern.</summary>
    void Values(ulong pattern, Span<double> values);

    /// <summary>Writes the d(d−1)/2 interaction values Φᵢⱼ of one pattern, pairs in the order (0,1), (0,2), … (1,2), …</summary>
    void Pairs(ulong pattern, Span<double> pairs);
}
