using System.Net;

namespace RateLimitSuite.Limiter.Overrides;

/// <summary>An operator's override as it is kept.</summary>
internal sealed record StoredOverride
{
    public required string Id { get; init; }

    /// <summary>The client it is for; empty: it is for a subnet.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The subnet it is for; null: it is for a client.</summary>
    public IPNetwork? Subnet { get; init; }

    /// <summary>Empty: every domain.</summary>
    public string Domain { get; init; } = "";

    public required ActiveOverride Effect { get; init; }

    public required string Reason { get; init; }

    public required string SetBy { get; init; }

    public required DateTimeOffset SetAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Decisions that justify it.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];
}
