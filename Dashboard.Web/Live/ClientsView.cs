using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>The heaviest clients, and what operators decided about clients.</summary>
/// <param name="Clients">By offered rate, greatest first.</param>
/// <param name="Overrides">In force, newest first.</param>
/// <param name="Audit">Newest first.</param>
public sealed record ClientsView(IReadOnlyList<ClientStatus> Clients, IReadOnlyList<Override> Overrides, IReadOnlyList<OverrideAudit> Audit);
