using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.ServiceDiscovery;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds service discovery to a host.</summary>
public static class ServiceDiscoveryServiceCollectionExtensions
{
    /// <summary>Finds services in configuration's section <c>Services</c>, and passes on what is not there.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services) => services.AddServiceDiscovery(_ => { });

    /// <summary>Finds services in configuration's section <c>Services</c>, and passes on what is not there.</summary>
    public static IServiceCollection AddServiceDiscovery(this IServiceCollection services, Action<ServiceDiscoveryOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<ServiceDiscoveryOptions>().Configure(configureOptions);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EndpointResolver>();
        return services;
    }
}
