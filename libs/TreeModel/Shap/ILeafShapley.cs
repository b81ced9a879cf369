namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Knows, for one leaf, the SHAP values of every pattern.</summary>
/// <remarks>A pattern has bit j set where the feature vector passes the leaf's condition j. Tables are rows of patterns 0 to 2ᵈ−1.</remarks>
internal interface ILeafShapley
{
    /// <summary>What the leaf adds to the base value.</summary>
    double BaseValue { get; }

    /// <summary>Writes 2ᵈ rows of d SHAP values.</summary>
    void FillValues(Span<double> table);

    /// <summary>Writes 2ᵈ rows of d(d−1)/2 interaction values Φᵢⱼ, pairs in the order (0,1), (0,2), … (1,2), …</summary>
    void FillPairs(Span<double> table);
}
