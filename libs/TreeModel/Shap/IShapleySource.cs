namespace RateLimitSuite.TreeModel.Shap;

/// <summary>Knows the mode of explanation: gives what one tree's leaves are worth.</summary>
internal interface IShapleySource
{
    /// <summary>What the leaf adds to the base value.</summary>
    double BaseValue(LeafPath path);

    /// <summary>The leaf for filling tables; at most 16 conditions.</summary>
    ILeafShapley ForTable(LeafPath path);

    /// <summary>The leaf for being asked at run time, with memory in proportion to its conditions and background rows.</summary>
    ILeafShapley ForRunTime(LeafPath path);
}
