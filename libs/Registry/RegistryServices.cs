using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Registry;

/// <summary>Registers the registry's readers.</summary>
public static class RegistryServices
{
    /// <summary>Adds <see cref="ModelRegistryReader"/> over the application's <see cref="Npgsql.NpgsqlDataSource"/>.</summary>
    public static IServiceCollection AddModelRegistryReader(this IServiceCollection services)
    {
        services.TryAddSingleton<ModelRegistryReader>();
        return services;
    }

    /// <summary>Adds a <see cref="RegistryWatcher"/> that calls <typeparamref name="THandler"/>, a singleton.</summary>
    /// <remarks>Where <c>AddSuiteConsumer</c> was called before, events wake it; else it only polls.</remarks>
    public static IServiceCollection AddRegistryWatcher<THandler>(this IServiceCollection services)
        where THandler : class, IRegistryHandler
    {
        services.AddModelRegistryReader();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<THandler>();
        services.TryAddSingleton<IRegistryHandler>(provider => provider.GetRequiredService<THandler>());
        services.AddOptions<RegistryWatcherOptions>().BindConfiguration(RegistryWatcherOptions.Section)
            .Validate(o => o.PollInterval > TimeSpan.Zero, "Registry:PollInterval must be over zero.").ValidateOnStart();
        services.TryAddSingleton<RegistryWatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<RegistryWatcher>());
        if (services.Any(service => service.ServiceType == typeof(KafkaConsumerFactory)))
        {
            services.AddHostedService<ModelEventReader>();
        }

        return services;
    }
}
