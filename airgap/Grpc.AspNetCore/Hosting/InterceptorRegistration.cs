using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor that is made for each call, or taken from the services if it is registered there.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;
    private readonly Lazy<ObjectFactory> _factory;

    internal InterceptorRegistration(Type type, object[] arguments)
    {
        Type = type;
        _arguments = arguments;
        _factory = new Lazy<ObjectFactory>(
            () => ActivatorUtilities.CreateFactory(Type, [.. _arguments.Select(argument => argument.GetType())]));
    }

    /// <summary>The interceptor's type.</summary>
    public Type Type { get; }

    /// <summary>The first arguments of its constructor.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    internal Interceptor Create(IServiceProvider services, out bool owned)
    {
        if (_arguments.Length == 0 && services.GetService(Type) is Interceptor registered)
        {
            owned = false;
            return registered;
        }

        owned = true;
        return (Interceptor)_factory.Value(services, _arguments);
    }
}
