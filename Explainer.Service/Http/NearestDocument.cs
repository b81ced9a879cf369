namespace RateLimitSuite.Explainer.Http;

/// <summary>A past explanation that is like another.</summary>
/// <param name="Distance">Euclid's, between their SHAP values, tokens/s.</param>
/// <param name="Explanation">It.</param>
internal sealed record NearestDocument(double Distance, ExplanationDocument Explanation);
