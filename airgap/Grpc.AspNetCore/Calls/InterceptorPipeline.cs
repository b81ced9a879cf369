using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Grpc.AspNetCore.Server;

/// <summary>Puts interceptors around a method, the first one outermost.</summary>
internal static class InterceptorPipeline
{
    public static UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, UnaryServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(method, (next, interceptor) =>
            (request, context) => Get(interceptor, context).UnaryServerHandler(request, context, next));

    public static ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, ClientStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(method, (next, interceptor) =>
            (requests, context) => Get(interceptor, context).ClientStreamingServerHandler(requests, context, next));

    public static ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, ServerStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(method, (next, interceptor) =>
            (request, responses, context) => Get(interceptor, context).ServerStreamingServerHandler(request, responses, context, next));

    public static DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, DuplexStreamingServerMethod<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(method, (next, interceptor) =>
            (requests, responses, context) => Get(interceptor, context).DuplexStreamingServerHandler(requests, responses, context, next));

    private static Interceptor Get(InterceptorRegistration registration, ServerCallContext context)
    {
        var http = context.GetHttpContext();
        var interceptor = registration.Create(http.RequestServices, out var owned);
        return owned ? Disposal.WithRequest(http, interceptor) : interceptor;
    }
}
