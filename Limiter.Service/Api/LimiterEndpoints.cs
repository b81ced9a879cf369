using RateLimitSuite.Contracts.V1;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Limiter.Api;

/// <summary>Maps the gRPC API with the rights that each method needs.</summary>
internal static class LimiterEndpoints
{
    public static void MapLimiterApi(this IEndpointRouteBuilder endpoints)
    {
        var service = endpoints.MapGrpcService<LimiterGrpcService>();
        new MethodSubset(
            service,
            nameof(LimiterApi.LimiterApiBase.Decide),
            nameof(LimiterApi.LimiterApiBase.DecideStream),
            nameof(LimiterApi.LimiterApiBase.ReportOutcomes),
            nameof(LimiterApi.LimiterApiBase.Reserve),
            nameof(LimiterApi.LimiterApiBase.Commit),
            nameof(LimiterApi.LimiterApiBase.Refund))
            .RequireDataPlaneAccess();
        new MethodSubset(
            service,
            nameof(LimiterApi.LimiterApiBase.GetStatus),
            nameof(LimiterApi.LimiterApiBase.WatchStatus),
            nameof(LimiterApi.LimiterApiBase.ListOverrides),
            nameof(LimiterApi.LimiterApiBase.ValidatePolicies))
            .RequireAuthorization(SuitePolicies.Viewer);
        new MethodSubset(service, nameof(LimiterApi.LimiterApiBase.SetOverride), nameof(LimiterApi.LimiterApiBase.RemoveOverride))
            .RequireAuthorization(SuitePolicies.Operator);
    }
}
