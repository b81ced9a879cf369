namespace RateLimitSuite.Limiter.Overrides;

/// <summary>One entry of the override audit log.</summary>
/// <param name="Number">Rises by time.</param>
/// <param name="At">When.</param>
/// <param name="Action">set, removed or expired.</param>
/// <param name="Actor">Who.</param>
/// <param name="Reason">Why.</param>
/// <param name="Override">The override it is about.</param>
internal sealed record AuditEntry(long Number, DateTimeOffset At, string Action, string Actor, string Reason, StoredOverride Override);
