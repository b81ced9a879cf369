using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>Why two models predict what they do for the same requests.</summary>
/// <param name="Features">Names, in order.</param>
/// <param name="A">Mean |φ| of the one by feature, tokens/s.</param>
/// <param name="B">The same of the other.</param>
/// <param name="PredictionA">Mean prediction of the one, tokens/s.</param>
/// <param name="PredictionB">The same of the other.</param>
/// <param name="Count">Requests.</param>
internal sealed record ModelReasons(
    IReadOnlyList<string> Features, IReadOnlyList<double> A, IReadOnlyList<double> B, double PredictionA, double PredictionB, int Count)
{
    public static ModelReasons Of(IReadOnlyList<string> features, ExplainResponse a, ExplainResponse b) => new(
        features, Means(a, features.Count), Means(b, features.Count), a.Rows.Average(r => r.Prediction), b.Rows.Average(r => r.Prediction), a.Rows.Count);

    private static double[] Means(ExplainResponse answer, int features) =>
        [.. Enumerable.Range(0, features).Select(i => answer.Rows.Average(r => Math.Abs(r.Shap[i])))];
}
