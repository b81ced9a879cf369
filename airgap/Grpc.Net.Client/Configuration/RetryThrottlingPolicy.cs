namespace Grpc.Net.Client.Configuration;

/// <summary>Stops retries while too many calls fail: each failure takes a token, each success returns a part, and half must be left to retry.</summary>
public sealed class RetryThrottlingPolicy
{
    /// <summary>The most tokens, and those at the start.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>Tokens that a success returns.</summary>
    public double? TokenRatio { get; set; }
}
