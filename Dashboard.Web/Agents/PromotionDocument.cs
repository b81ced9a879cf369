namespace RateLimitSuite.Dashboard.Agents;

/// <summary>The champion after a promotion.</summary>
internal sealed record PromotionDocument(string Version, string Sha256, string State);
