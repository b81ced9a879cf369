using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Turns off gRPC's own client load balancing, which would choose the address a second time.</summary>
internal sealed class GrpcLoadBalancingFilter : IHttpMessageHandlerBuilderFilter
{
    public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
    {
        next(builder);
        if (builder.PrimaryHandler is SocketsHttpHandler handler)
        {
            handler.Properties["__GrpcLoadBalancingDisabled"] = true;   // Grpc.Net.Client looks for this key.
        }
    };
}
