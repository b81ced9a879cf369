namespace RateLimitSuite.LightGbm;

/// <summary>What a booster computes for each row.</summary>
public enum PredictionKind
{
    /// <summary>The prediction, in the label's unit.</summary>
    Normal = 0,

    /// <summary>The sum of the leaves, before the objective's link.</summary>
    Raw = 1,

    /// <summary>For each tree, the index of the leaf that the row falls into.</summary>
    Leaf = 2,

    /// <summary>Path-dependent SHAP values: one for each feature, then the base value.</summary>
    Contribution = 3,
}
