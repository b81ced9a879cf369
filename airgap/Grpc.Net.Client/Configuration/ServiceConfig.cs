namespace Grpc.Net.Client.Configuration;

/// <summary>How a channel's methods are called.</summary>
public sealed class ServiceConfig
{
    /// <summary>Settings by method; the most specific name wins.</summary>
    public IList<MethodConfig> MethodConfigs { get; } = [];

    /// <summary>Stops retries while too many calls fail; null for never.</summary>
    public RetryThrottlingPolicy? RetryThrottling { get; set; }
}
