namespace RateLimitSuite.Explainer.Explanations;

/// <summary>The two modes as messages name them. Series of the two are never mixed: they answer different questions.</summary>
internal static class ShapModes
{
    /// <summary>A missing feature follows the training data's cover.</summary>
    public const string PathDependent = "path_dependent";

    /// <summary>A missing feature takes its value from background rows.</summary>
    public const string Interventional = "interventional";
}
