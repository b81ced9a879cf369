using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.ClientFactory;

/// <summary>Hands deadline and cancellation of the served call on to the calls made from it.</summary>
internal sealed class PropagationInterceptor(IHttpContextAccessor accessor, GrpcContextPropagationOptions options) : ContextInterceptor
{
    protected override ClientInterceptorContext<TRequest, TResponse> Change<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context)
    {
        if (accessor.HttpContext?.Features.Get<IServerCallContextFeature>()?.ServerCallContext is { } served)
        {
            var call = new PropagatedCall(served.Deadline, served.CancellationToken);
            return new(context.Method, context.Host, context.Options.WithPropagationToken(call));
        }

        return options.SuppressContextNotFoundErrors
            ? context
            : throw new InvalidOperationException("Unable to propagate server context values to the call. There is no served gRPC call here.");
    }
}
