namespace RateLimitSuite.Dashboard.Agents;

/// <summary>One entry of the overrides' audit log.</summary>
/// <param name="Action">set, removed or expired.</param>
internal sealed record OverrideAuditDocument(long Number, DateTimeOffset At, string Action, string Actor, string Reason, OverrideDocument Override);
