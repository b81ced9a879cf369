using System.Net;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Decisions;

/// <summary>One question to the engine, checked and resolved. Refers to its caller's memory.</summary>
internal readonly ref struct DecisionRequest
{
    /// <summary>The policy that applies.</summary>
    public required Policy Policy { get; init; }

    /// <summary>The client's id, 1..256 bytes of UTF-8.</summary>
    public required ReadOnlySpan<byte> ClientId { get; init; }

    /// <summary>The client as the engine was told to expect it; default: it was not told, and makes it of the id.</summary>
    public ClientHandle Client { get; init; }

    /// <summary>The same as characters; read only where the policy has lists.</summary>
    public ReadOnlySpan<char> ClientName { get; init; }

    /// <summary>The request's id; empty: its outcome can never be told from another's.</summary>
    public ReadOnlySpan<char> RequestId { get; init; }

    /// <summary>Where the client comes from; null: not known.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Tokens; 0: look only.</summary>
    public required double Cost { get; init; }

    /// <summary>In: what the caller gave, NaN where nothing; out: the feature vector. F values in schema order.</summary>
    public required Span<double> Features { get; init; }

    /// <summary>The override in force for this client; null: none.</summary>
    public ActiveOverride? Override { get; init; }

    /// <summary>Whether to judge only and leave the tokens where they are.</summary>
    public bool TakesNothing { get; init; }

    /// <summary>Whether the request is no demand of its client: it is looked at before it is made.</summary>
    public bool CountsNothing { get; init; }

    /// <summary>Monotonic time of the request.</summary>
    public required TimeSpan Now { get; init; }
}
