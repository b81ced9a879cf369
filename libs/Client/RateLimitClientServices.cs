using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using RateLimitSuite.Client;
using RateLimitSuite.Client.Decisions;
using RateLimitSuite.Client.Outcomes;
using RateLimitSuite.Contracts.V1;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what a gateway or an API needs to be limited.</summary>
public static class RateLimitClientServices
{
    /// <summary>Adds <see cref="IRateLimitClient"/>, configured by section <c>RateLimitSuite</c> and then by code.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Last word on the options; null: configuration alone.</param>
    /// <returns>The services it was given.</returns>
    /// <remarks>A <see cref="LimiterApi.LimiterApiClient"/> that was registered before is used as it is, for whoever has a channel of their own.</remarks>
    public static IServiceCollection AddRateLimitSuiteClient(this IServiceCollection services, Action<RateLimitClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<RateLimitClientOptions>().BindConfiguration(RateLimitClientOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new LimiterApi.LimiterApiClient(Connect(provider.GetRequiredService<IOptions<RateLimitClientOptions>>().Value)));
        services.TryAddSingleton<DataPlaneKey>();
        services.TryAddSingleton<ClientMetrics>();
        services.TryAddSingleton<LocalBuckets>();
        services.AddRunning<DecisionStream>().AddRunning<OutcomeReporter>();
        services.TryAddSingleton<IRateLimitClient, RateLimitClient>();
        return services;
    }

    private static GrpcChannel Connect(RateLimitClientOptions options) =>
        GrpcChannel.ForAddress(options.Address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true } });

    private static IServiceCollection AddRunning<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.TryAddSingleton<T>();
        return services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
