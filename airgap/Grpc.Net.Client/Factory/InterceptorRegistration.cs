using Grpc.Core.Interceptors;

namespace Grpc.Net.ClientFactory;

/// <summary>An interceptor of a registered client.</summary>
public class InterceptorRegistration(InterceptorScope scope, Func<IServiceProvider, Interceptor> creator)
{
    /// <summary>How long an instance is used.</summary>
    public InterceptorScope Scope { get; } = scope;

    /// <summary>Makes an instance.</summary>
    public Func<IServiceProvider, Interceptor> Creator { get; } = creator;
}
