namespace RateLimitSuite.TreeModel;

/// <summary>What stands in for a feature that is taken as unknown.</summary>
public enum ExplanationMode
{
    /// <summary>The training rows that passed the same splits, by the counts in the model.</summary>
    PathDependent,

    /// <summary>The rows of a background window.</summary>
    Interventional,
}
