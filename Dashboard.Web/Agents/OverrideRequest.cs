using System.ComponentModel;
using Google.Protobuf.WellKnownTypes;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>What is to be changed for a while. One target and one effect; the Limiter checks all of it.</summary>
internal sealed record OverrideRequest
{
    /// <summary>The client to change; or a subnet.</summary>
    [Description("One client")] public string? ClientId { get; init; }

    /// <summary>The subnet to change, CIDR; or a client.</summary>
    [Description("Or all clients of a network, CIDR")] public string? Subnet { get; init; }

    /// <summary>Only in this domain; unset: in every one.</summary>
    public string? Domain { get; init; }

    /// <summary>On the rate otherwise in force; below 1 tightens.</summary>
    [Description("On the rate otherwise in force, 0 < factor ≤ 100: below 1 tightens")] public double? Factor { get; init; }

    /// <summary>Instead: tokens/s for each client.</summary>
    [Description("Or tokens/s for each client")] public double? RefillRate { get; init; }

    /// <summary>Instead: nothing is let through.</summary>
    [Description("Or let nothing through")] public bool Deny { get; init; }

    /// <summary>Seconds.</summary>
    [Description("1..2592000")] public double TtlSeconds { get; init; }

    /// <summary>Why, in words.</summary>
    [Description("Why, 1..500 characters")] public string Reason { get; init; } = "";

    /// <summary>Decisions that justify it.</summary>
    [Description("Decisions that justify it, at most 20: their SHAP values are written to the audit log")] public IReadOnlyList<string> RequestIds { get; init; } = [];

    /// <summary>The Limiter's request.</summary>
    /// <param name="justification">Reason and evidence, for the audit log.</param>
    public SetOverrideRequest ToMessage(string justification)
    {
        var wanted = new Override { Domain = Domain ?? "", Reason = justification, RequestIds = { RequestIds } };
        if (Subnet is { Length: > 0 } subnet)
        {
            wanted.Subnet = subnet;
        }
        else if (ClientId is { Length: > 0 } client)
        {
            wanted.ClientId = client;
        }

        if (Deny)
        {
            wanted.Deny = true;
        }
        else if (RefillRate is { } rate)
        {
            wanted.RefillRate = rate;
        }
        else if (Factor is { } factor)
        {
            wanted.Factor = factor;
        }

        return new() { Override = wanted, Ttl = double.IsFinite(TtlSeconds) && Math.Abs(TtlSeconds) < 1e9 ? Duration.FromTimeSpan(TimeSpan.FromSeconds(TtlSeconds)) : null };
    }
}
