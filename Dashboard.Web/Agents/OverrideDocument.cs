using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>One override.</summary>
/// <param name="Effect">factor, refill_rate or deny.</param>
/// <param name="Value">Of the effect; null for deny.</param>
internal sealed record OverrideDocument(
    string Id, string? ClientId, string? Subnet, string Domain, string Effect, double? Value, string Reason, string SetBy,
    DateTimeOffset SetAt, DateTimeOffset ExpiresAt, IReadOnlyList<string> RequestIds)
{
    public static OverrideDocument Of(Override message) => new(
        message.Id,
        message.TargetCase == Override.TargetOneofCase.ClientId ? message.ClientId : null,
        message.TargetCase == Override.TargetOneofCase.Subnet ? message.Subnet : null,
        message.Domain,
        message.EffectCase switch
        {
            Override.EffectOneofCase.Factor => "factor",
            Override.EffectOneofCase.RefillRate => "refill_rate",
            _ => "deny",
        },
        message.EffectCase switch
        {
            Override.EffectOneofCase.Factor => message.Factor,
            Override.EffectOneofCase.RefillRate => message.RefillRate,
            _ => null,
        },
        message.Reason, message.SetBy, message.SetAt.ToDateTimeOffset(), message.ExpiresAt.ToDateTimeOffset(), [.. message.RequestIds]);
}
