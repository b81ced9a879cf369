using System.Security.Claims;
using Grpc.Core;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>The services, called in the name and role of whoever asks, which audit logs then show.</summary>
internal sealed class AgentCalls(
    IHttpContextAccessor contexts, SuiteTokens tokens, LimiterApi.LimiterApiClient limiter, ExplainerApi.ExplainerApiClient explainer,
    DriftMonitorApi.DriftMonitorApiClient drift, TrainerApi.TrainerApiClient trainer, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public LimiterApi.LimiterApiClient Limiter => limiter;

    public ExplainerApi.ExplainerApiClient Explainer => explainer;

    public DriftMonitorApi.DriftMonitorApiClient Drift => drift;

    public TrainerApi.TrainerApiClient Trainer => trainer;

    /// <summary>The call's headers and its bound.</summary>
    public CallOptions Options(CancellationToken cancellation)
    {
        var caller = contexts.HttpContext!.User;
        var token = tokens.Issue(caller.Identity?.Name ?? "nobody", caller.FindFirstValue(SuiteTokens.RoleClaim) ?? SuiteRoles.Viewer);
        return new(new Metadata { { "authorization", $"Bearer {token}" } }, time.GetUtcNow().UtcDateTime + Longest, cancellation);
    }

    /// <summary>One explanation.</summary>
    /// <exception cref="RpcException">NOT_FOUND: it was sampled away, or is past retention.</exception>
    public async Task<Explanation> FindAsync(string requestId, CancellationToken cancellation) =>
        await explainer.GetExplanationAsync(new() { RequestId = requestId }, Options(cancellation));
}
