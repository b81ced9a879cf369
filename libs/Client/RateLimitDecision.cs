using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client;

/// <summary>The answer to a <see cref="RateLimitRequest"/>.</summary>
/// <param name="Allowed">Whether the request may go on.</param>
/// <param name="Source">Who says so.</param>
public sealed record RateLimitDecision(bool Allowed, DecisionSource Source)
{
    /// <summary>Tokens left; 0 where a fallback decided.</summary>
    public double Remaining { get; init; }

    /// <summary>Capacity, tokens; 0 where a fallback decided.</summary>
    public double Limit { get; init; }

    /// <summary>tokens/s in force.</summary>
    public double RefillRate { get; init; }

    /// <summary>When to come back; null: allowed, or no waiting helps.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The decision's id, for look-up and outcomes; empty where a fallback decided.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>The policy that applied; empty where a fallback decided.</summary>
    public string Policy { get; init; } = "";

    /// <summary>The model whose prediction was in force; empty: none.</summary>
    public string ModelVersion { get; init; } = "";

    /// <summary><c>within_limit</c>, <c>bucket_empty</c> and so on; of a fallback <c>limiter_away</c>.</summary>
    public string Reason { get; init; } = "";

    internal static RateLimitDecision Of(DecideResponse answer) => new(answer.Allowed, DecisionSource.Limiter)
    {
        Remaining = answer.Remaining,
        Limit = answer.Limit,
        RefillRate = answer.RefillRate,
        RetryAfter = answer.RetryAfter?.ToTimeSpan(),
        RequestId = answer.RequestId,
        Policy = answer.Policy,
        ModelVersion = answer.ModelVersion,
        Reason = answer.Reason.Word(),
    };
}
