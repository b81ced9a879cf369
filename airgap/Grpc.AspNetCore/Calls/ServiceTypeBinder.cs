using System.Reflection;
using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Finds the methods by which a type implements a generated service base.</summary>
internal sealed class ServiceTypeBinder<TService>(MethodContext context, ServiceActivator<TService> activator) : ServiceBinderBase
    where TService : class
{
    private readonly List<BoundMethod> _methods = [];

    private delegate Task<TResponse> UnaryMethod<TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

    private delegate Task<TResponse> ClientStreamingMethod<TRequest, TResponse>(
        TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

    private delegate Task ServerStreamingMethod<TRequest, TResponse>(
        TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    private delegate Task DuplexStreamingMethod<TRequest, TResponse>(
        TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

    public IReadOnlyList<BoundMethod> Methods => _methods;

    /// <summary>Runs the generated bind method of the type's service base.</summary>
    public void Bind()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } attribute)
            {
                var bind = attribute.BindType.GetMethod(
                    attribute.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
                (bind ?? throw new InvalidOperationException($"{attribute.BindType} has no method {attribute.BindMethodName} to bind {type}."))
                    .Invoke(null, [this, null]);
                return;
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} is no gRPC service: it derives from no generated service base.");
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, invoke) = Find<UnaryMethod<TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        Add(method, implementation, new UnaryHandler<TRequest, TResponse>(
            context, method, (request, call) => invoke(activator.Get(call), request, call)).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, invoke) = Find<ClientStreamingMethod<TRequest, TResponse>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        Add(method, implementation, new ClientStreamingHandler<TRequest, TResponse>(
            context, method, (requests, call) => invoke(activator.Get(call), requests, call)).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, invoke) = Find<ServerStreamingMethod<TRequest, TResponse>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Add(method, implementation, new ServerStreamingHandler<TRequest, TResponse>(
            context, method, (request, responses, call) => invoke(activator.Get(call), request, responses, call)).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (implementation, invoke) = Find<DuplexStreamingMethod<TRequest, TResponse>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Add(method, implementation, new DuplexStreamingHandler<TRequest, TResponse>(
            context, method, (requests, responses, call) => invoke(activator.Get(call), requests, responses, call)).HandleAsync);
    }

    private static (MethodInfo Implementation, TDelegate Invoke) Find<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        var implementation = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method for {method.FullName}.");
        return (implementation, implementation.CreateDelegate<TDelegate>());
    }

    private void Add(IMethod method, MethodInfo implementation, Microsoft.AspNetCore.Http.RequestDelegate handler) =>
        _methods.Add(new BoundMethod(method, handler, implementation));
}
