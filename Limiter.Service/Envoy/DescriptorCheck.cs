using System.Net;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>What one descriptor comes to: which bucket, how many hits, and the decision.</summary>
internal sealed class DescriptorCheck
{
    private DecisionRecord _record = DecisionRecord.Empty;

    /// <summary>The bucket; null where nothing limits the descriptor, or where it is blocked.</summary>
    public Policy? Policy { get; init; }

    /// <summary>Whose bucket under the policy.</summary>
    public string Client { get; init; } = "";

    /// <summary>The address that the descriptor names; null: none.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The static limit in force; null: adaptive, or none.</summary>
    public StaticLimit? Limit { get; init; }

    /// <summary>The static rule it comes from.</summary>
    public LimitRule? Rule { get; init; }

    /// <summary>Tokens; under 0: given back.</summary>
    public double Hits { get; init; }

    /// <summary>Whether another rule of the request takes its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>The decision about it.</summary>
    public ref DecisionRecord Record => ref _record;

    public double[] Features { get; set; } = [];

    /// <summary>Whether the limit has no room for the hits.</summary>
    public bool IsOver { get; set; }

    public bool IsBlocked => Limit is { Unlimited: false, Requests: 0 };

    /// <summary>Whether the policy of the file governs, with prediction and events.</summary>
    public bool IsAdaptive => Policy is not null && Limit is null;

    /// <summary>Whether being over denies the request.</summary>
    public bool Denies => IsOver && Rule is not { Shadow: true } && Rule is not { Quota: true };
}
