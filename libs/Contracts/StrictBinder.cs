using Google.Protobuf;
using Grpc.Core;

namespace RateLimitSuite.Contracts;

/// <summary>Binds a service's methods so that bytes which are no message of theirs are INVALID_ARGUMENT, and not a fault of the server.</summary>
/// <remarks>
/// The library reads a message before any interceptor or method is asked, and what its reader throws ends the call as UNKNOWN. A status is
/// passed on, so the reader itself has to give one. To be used from a method that the service names by <see cref="BindServiceMethodAttribute"/>.
/// </remarks>
/// <param name="binder">The library's own.</param>
public sealed class StrictBinder(ServiceBinderBase binder) : ServiceBinderBase
{
    private readonly Dictionary<Type, Delegate> _readers = [];
    private readonly Dictionary<Type, Delegate> _writers = [];

    /// <summary>Has requests of a type read by other code than its own.</summary>
    /// <typeparam name="TRequest">Of the requests.</typeparam>
    /// <param name="read">Reads what the type's own code would; throws <see cref="InvalidProtocolBufferException"/> where that does.</param>
    /// <returns>This binder.</returns>
    public StrictBinder Reading<TRequest>(Func<DeserializationContext, TRequest> read)
    {
        _readers.Add(typeof(TRequest), read);
        return this;
    }

    /// <summary>Has answers of a type written by other code than its own.</summary>
    /// <typeparam name="TResponse">Of the answers.</typeparam>
    /// <param name="write">Writes the bytes that the type's own code would.</param>
    /// <returns>This binder.</returns>
    public StrictBinder Writing<TResponse>(Action<TResponse, SerializationContext> write)
    {
        _writers.Add(typeof(TResponse), write);
        return this;
    }

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        binder.AddMethod(Strict(method), handler);

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        binder.AddMethod(Strict(method), handler);

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        binder.AddMethod(Strict(method), handler);

    /// <inheritdoc/>
    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        binder.AddMethod(Strict(method), handler);

    private Method<TRequest, TResponse> Strict<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        ArgumentNullException.ThrowIfNull(method);
        var read = _readers.TryGetValue(typeof(TRequest), out var reader)
            ? (Func<DeserializationContext, TRequest>)reader
            : method.RequestMarshaller.ContextualDeserializer;
        var marshaller = new Marshaller<TRequest>(
            method.RequestMarshaller.ContextualSerializer,
            context =>
            {
                try
                {
                    return read(context);
                }
                catch (Exception fault) when (fault is InvalidProtocolBufferException or InvalidOperationException)
                {
                    // The second is what the library throws for a wrapped number, such as UInt64Value, that ends before its length.
                    throw new RpcException(new Status(StatusCode.InvalidArgument, $"The bytes are no {typeof(TRequest).Name}: {fault.Message}"));
                }
            });
        var answers = _writers.TryGetValue(typeof(TResponse), out var write)
            ? new Marshaller<TResponse>((Action<TResponse, SerializationContext>)write, method.ResponseMarshaller.ContextualDeserializer)
            : method.ResponseMarshaller;
        return new Method<TRequest, TResponse>(method.Type, method.ServiceName, method.Name, marshaller, answers);
    }
}
