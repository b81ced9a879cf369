namespace RateLimitSuite.Dashboard.Agents;

/// <summary>A promotion's reason.</summary>
internal sealed record PromotionRequest(string Reason);
