namespace RateLimitSuite.Limiter.Api;

/// <summary>Applies conventions to some methods of a gRPC service only: its methods need different rights.</summary>
internal sealed class MethodSubset(IEndpointConventionBuilder service, params string[] methods) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention) => service.Add(endpoint =>
    {
        if (endpoint is RouteEndpointBuilder route && methods.Any(method => route.RoutePattern.RawText?.EndsWith('/' + method) == true))
        {
            convention(endpoint);
        }
    });
}
