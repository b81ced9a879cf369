using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client.Calls;

/// <summary>Finds a method's retry policy: by its own name, else by its service, else the default.</summary>
internal sealed class RetryPolicies
{
    private readonly Dictionary<(string? Service, string? Method), RetryPolicy> _policies = [];

    public RetryPolicies(GrpcChannelOptions options)
    {
        foreach (var config in options.ServiceConfig?.MethodConfigs ?? [])
        {
            if (config.RetryPolicy is { } policy)
            {
                Check(policy);
                foreach (var name in config.Names)
                {
                    _policies.Add((name.Service, name.Method), policy);
                }
            }
        }
    }

    public RetryPolicy? Find(IMethod method) =>
        _policies.GetValueOrDefault((method.ServiceName, method.Name))
        ?? _policies.GetValueOrDefault((method.ServiceName, null))
        ?? _policies.GetValueOrDefault((null, null));

    private static void Check(RetryPolicy policy)
    {
        Require(policy.MaxAttempts is > 1, nameof(policy.MaxAttempts), "more than 1");
        Require(policy.InitialBackoff > TimeSpan.Zero, nameof(policy.InitialBackoff), "more than zero");
        Require(policy.MaxBackoff > TimeSpan.Zero, nameof(policy.MaxBackoff), "more than zero");
        Require(policy.BackoffMultiplier > 0, nameof(policy.BackoffMultiplier), "more than zero");
        Require(policy.RetryableStatusCodes.Count > 0, nameof(policy.RetryableStatusCodes), "not empty");
    }

    private static void Require(bool condition, string property, string range)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"RetryPolicy.{property} must be set and {range}.");
        }
    }
}
