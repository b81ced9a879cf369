using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>A page of explanations.</summary>
/// <param name="Explanations">Newest first, or by |φ| of the feature asked for.</param>
/// <param name="Subnets">Mean φ by subnet over the whole selection, the busiest first.</param>
/// <param name="NextPageToken">Give it as <c>page_token</c>; empty: this was the last page.</param>
internal sealed record ExplanationsDocument(IReadOnlyList<ExplanationDocument> Explanations, IReadOnlyList<SubnetDocument> Subnets, string NextPageToken)
{
    public static ExplanationsDocument Of(QueryExplanationsResponse answer)
    {
        var names = answer.Explanations.FirstOrDefault()?.FeatureNames ?? (IReadOnlyList<string>)[];
        return new(
            [.. answer.Explanations.Select(ExplanationDocument.Of)],
            [.. answer.Subnets.Select(s => new SubnetDocument(s.Subnet, s.Count, names.Zip(s.MeanShap).ToDictionary(p => p.First, p => p.Second)))],
            answer.NextPageToken);
    }
}
