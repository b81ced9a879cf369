using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Client;

/// <summary>May this client go on?</summary>
/// <param name="ClientId">Who is limited; 1..256 UTF-8 bytes.</param>
public sealed record RateLimitRequest(string ClientId)
{
    /// <summary>Selects policies; null: <see cref="RateLimitClientOptions.Domain"/>.</summary>
    public string? Domain { get; init; }

    /// <summary>Tokens; null: the policy's, 0: look only.</summary>
    public double? Cost { get; init; }

    /// <summary>IPv4 or IPv6 text; null: not known.</summary>
    public string? ClientIp { get; init; }

    /// <summary>For idempotency and look-up; null: the Limiter makes one.</summary>
    public string? RequestId { get; init; }

    /// <summary>The backend that the request is for, among those that the policy allows; null: the policy's own.</summary>
    public string? Backend { get; init; }

    /// <summary>0: first try, n: the nth retry of the same request.</summary>
    public int Attempt { get; init; }

    /// <summary>What this caller knows better than the Limiter; null: the policy's defaults.</summary>
    public CallerFeatures? Features { get; init; }

    internal DecideRequest ToMessage(string domain)
    {
        var message = new DecideRequest
        {
            ClientId = ClientId, Domain = Domain ?? domain, RequestId = RequestId ?? "", ClientIp = ClientIp ?? "", Backend = Backend ?? "", Attempt = (uint)Math.Max(0, Attempt), Features = Features,
        };
        if (Cost is { } cost)
        {
            message.Cost = cost;
        }

        return message;
    }
}
