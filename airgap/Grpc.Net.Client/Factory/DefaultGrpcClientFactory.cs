using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Grpc.Net.ClientFactory;

/// <summary>Makes clients over the channel of their registration.</summary>
internal sealed class DefaultGrpcClientFactory(
    IServiceProvider services, ChannelCache channels, IOptionsMonitor<GrpcClientFactoryOptions> options) : GrpcClientFactory
{
    public override TClient CreateClient<TClient>(string name)
    {
        var clientOptions = options.Get(name);
        var invoker = channels.GetInvoker(name);
        for (var i = clientOptions.InterceptorRegistrations.Count - 1; i >= 0; i--)
        {
            if (clientOptions.InterceptorRegistrations[i] is { Scope: InterceptorScope.Client } registration)
            {
                invoker = invoker.Intercept(registration.Creator(services));
            }
        }

        if (clientOptions.CallOptionsActions.Count > 0)
        {
            invoker = invoker.Intercept(new CallOptionsInterceptor(clientOptions.CallOptionsActions, services));
        }

        return (TClient)(clientOptions.Creator?.Invoke(invoker) ?? Activator<TClient>.Create(services, [invoker]));
    }

    private static class Activator<TClient>
    {
        public static readonly ObjectFactory Create = ActivatorUtilities.CreateFactory(typeof(TClient), [typeof(CallInvoker)]);
    }
}
