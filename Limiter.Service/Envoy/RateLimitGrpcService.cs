using Grpc.Core;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy.V3;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>The call of Envoy's rate limit filters. Over limit is an OK answer; an error leaves the choice to the gateway's failure mode.</summary>
internal sealed class RateLimitGrpcService(EnvoyDecider decider, LimiterMetrics metrics) : RateLimitService.RateLimitServiceBase
{
    public override Task<RateLimitResponse> ShouldRateLimit(RateLimitRequest request, ServerCallContext context)
    {
        if (decider.TryDecide(request, out var response) is { } fault)
        {
            metrics.Invalid("ShouldRateLimit");
            throw Faults.InvalidArgument(fault);
        }

        return Task.FromResult(response!);
    }
}
