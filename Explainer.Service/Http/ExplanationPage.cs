namespace RateLimitSuite.Explainer.Http;

/// <summary>A page of explanations of the HTTP API.</summary>
/// <param name="Explanations">Newest first, or by |φ| of the asked feature.</param>
/// <param name="Subnets">Mean φ by subnet over the whole selection, the busiest first.</param>
/// <param name="NextPageToken">Give it as <c>page_token</c>; empty: this was the last page.</param>
internal sealed record ExplanationPage(IReadOnlyList<ExplanationDocument> Explanations, IReadOnlyList<SubnetDocument> Subnets, string NextPageToken);
