using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>Overrides, newest first.</summary>
/// <param name="Overrides">In force.</param>
/// <param name="Audit">The audit log, where asked for.</param>
internal sealed record OverridesDocument(IReadOnlyList<OverrideDocument> Overrides, IReadOnlyList<OverrideAuditDocument> Audit)
{
    public static OverridesDocument Of(ListOverridesResponse answer) => new(
        [.. answer.Overrides.Select(OverrideDocument.Of)],
        [.. answer.Audit.Select(a => new OverrideAuditDocument(a.Number, a.At.ToDateTimeOffset(), a.Action, a.Actor, a.Reason, OverrideDocument.Of(a.Override)))]);
}
