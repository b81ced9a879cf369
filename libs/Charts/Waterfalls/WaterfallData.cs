namespace RateLimitSuite.Charts;

/// <summary>What a <see cref="WaterfallChart"/> shows: how features lead from the base value to a prediction.</summary>
/// <param name="Title">What a screen reader says first.</param>
/// <param name="Headline">What decided, over the picture; the features did so only where it says so.</param>
/// <param name="BaseValue">Where the first step starts.</param>
/// <param name="Prediction">Where the last one ends: base value + Σ steps.</param>
/// <param name="Steps">One a feature, in any order.</param>
/// <param name="Unit">Unit of all of them.</param>
public sealed record WaterfallData(string Title, string Headline, double BaseValue, double Prediction, IReadOnlyList<WaterfallStep> Steps, string Unit)
{
    /// <summary>Steps drawn by themselves; the smallest beyond are added up in one. Default 10.</summary>
    public int MostSteps { get; init; } = 10;

    /// <summary>False draws the steps pale: something else than the features decided.</summary>
    public bool FeaturesDecided { get; init; } = true;
}
