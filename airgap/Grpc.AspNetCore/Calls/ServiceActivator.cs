using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Gives the instance that serves a call.</summary>
/// <remarks>A singleton is looked up once: reaching for the request's services would make a scope for each call.</remarks>
internal sealed class ServiceActivator<TService>
    where TService : class
{
    private readonly IServiceProvider _services;
    private readonly bool _isSingleton;
    private readonly Lazy<ObjectFactory<TService>> _create = new(() => ActivatorUtilities.CreateFactory<TService>([]));
    private TService? _singleton;

    public ServiceActivator(IServiceProvider services)
    {
        _services = services;
        _isSingleton = services.GetRequiredService<ServiceLifetimes>().IsSingleton(typeof(TService));
    }

    public TService Get(ServerCallContext context)
    {
        if (_isSingleton)
        {
            return _singleton ??= _services.GetRequiredService<TService>();
        }

        var http = context.GetHttpContext();
        return http.RequestServices.GetService<TService>() ?? Disposal.WithRequest(http, _create.Value(http.RequestServices, []));
    }
}
