using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Takes the methods of a service definition, which bring their handlers.</summary>
internal sealed class DefinitionBinder(MethodContext context) : ServiceBinderBase
{
    private readonly List<BoundMethod> _methods = [];

    public IReadOnlyList<BoundMethod> Methods => _methods;

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, handler => new UnaryHandler<TRequest, TResponse>(context, method, handler).HandleAsync);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, handler => new ClientStreamingHandler<TRequest, TResponse>(context, method, handler).HandleAsync);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, handler => new ServerStreamingHandler<TRequest, TResponse>(context, method, handler).HandleAsync);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        Add(method, handler, handler => new DuplexStreamingHandler<TRequest, TResponse>(context, method, handler).HandleAsync);

    private void Add<T>(IMethod method, T? handler, Func<T, Microsoft.AspNetCore.Http.RequestDelegate> serve)
        where T : Delegate
    {
        ArgumentNullException.ThrowIfNull(handler);
        _methods.Add(new BoundMethod(method, serve(handler), handler.Method));
    }
}
