using Grpc.Core;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy.V3;
using RateLimitSuite.Contracts;

namespace RateLimitSuite.Limiter.Envoy;

/// <summary>The call of Envoy's rate limit filters. Over limit is an OK answer; an error leaves the choice to the gateway's failure mode.</summary>
[BindServiceMethod(typeof(RateLimitGrpcService), nameof(Bind))]
internal sealed class RateLimitGrpcService(EnvoyDecider decider, CallDeadline deadline, LimiterClock clock, LimiterMetrics metrics) : RateLimitService.RateLimitServiceBase
{
    /// <summary>Binds the method so that bytes which are no such message are the caller's fault.</summary>
    public static void Bind(ServiceBinderBase binder, RateLimitService.RateLimitServiceBase? service) =>
        RateLimitService.BindService(
            new StrictBinder(binder).Reading(EnvoyRequestDecoder.Read).Writing<RateLimitResponse>(EnvoyResponseEncoder.Write), service);

    public override Task<RateLimitResponse> ShouldRateLimit(RateLimitRequest request, ServerCallContext context)
    {
        deadline.ThrowIfPassed(context, "ShouldRateLimit");
        var started = clock.Now;
        var answer = EnvoyAnswer.Rent();
        if (decider.TryDecide(request, answer) is { } fault)
        {
            metrics.Invalid("ShouldRateLimit");
            throw Faults.InvalidArgument(fault);
        }

        EnvoyRequestDecoder.Return(request);
        metrics.Called("ShouldRateLimit", clock.Now - started);
        return Task.FromResult(answer.Response);
    }
}
