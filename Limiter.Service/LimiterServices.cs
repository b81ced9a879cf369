using Confluent.Kafka;
using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Clients;
using RateLimitSuite.Limiter.Control;
using RateLimitSuite.Limiter.Decisions;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Events;
using RateLimitSuite.Limiter.Experiments;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Overrides;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.Limiter.Prediction;
using RateLimitSuite.Limiter.Reservations;
using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter;

/// <summary>Registers the Limiter's parts, one method a feature.</summary>
internal static class LimiterServices
{
    /// <summary>Everything that decides: nothing here does I/O.</summary>
    public static IServiceCollection AddDecisions(this IServiceCollection services, FeatureSchema schema)
    {
        services.AddSuiteOptions<LimiterOptions>(LimiterOptions.Section);
        services.AddHealthChecks().AddCheck<Drain>("drain");
        return services
            .AddSingleton(schema)
            .AddSingleton<LimiterClock>()
            .AddSingleton<LimiterMetrics>()
            .AddSingleton(provider =>
            {
                var options = provider.GetRequiredService<IOptions<LimiterOptions>>().Value;
                return new ClientTable(options.ClientsMax, options.BucketStore == BucketStore.Postgres);
            })
            .AddSingleton<HeavyHitters>()
            .AddSingleton<TopClients>()
            .AddSingleton<ModelHolder>()
            .AddSingleton(provider => new PolicyHolder(provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<OverrideHolder>()
            .AddSingleton<BackendDirectory>()
            .AddSingleton(provider => new ExperimentKey(provider.GetRequiredService<IOptions<LimiterOptions>>().Value.ExperimentKey))
            .AddSingleton<DecisionEngine>()
            .AddSingleton<ControlLoop>()
            .AddSingleton<Decider>()
            .AddSingleton<CallDeadline>()
            .AddSingleton<OutcomeIntake>()
            .AddSingleton<ReservationBook>()
            .AddSingleton<ReservationDesk>()
            .AddSingleton<LimiterStatusReporter>()
            .AddSingleton<LimiterGrpcService>()   // Else it is made anew for each call, of nine parts that are looked up.
            .AddRunning<Drain>()
            .AddRunning<RateMeter>()
            .AddRunning<CallDurationsTeller>()
            .AddRunning<PolicyFile>()
            .AddRunning<PolicyScheduler>()
            .AddRunning<ControlLoopService>()
            .AddRunning<LimiterGauges>();
    }

    /// <summary>Envoy's rate limit service.</summary>
    public static IServiceCollection AddEnvoy(this IServiceCollection services) => services
        .AddSingleton<DescriptorResolver>()
        .AddSingleton<EnvoyDecider>()
        .AddSingleton<RateLimitGrpcService>()
        .AddRunning<LimitFiles>();

    /// <summary>Models from the registry, or from a file.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services, bool fromFile)
    {
        services.AddSingleton<ModelCache>().AddSingleton<IModelSource, RegistryModelSource>().AddSingleton<RegistryModels>();
        services.AddModelRegistryReader();
        services.AddRunning<CachedModelStart>();
        if (!fromFile)
        {
            services.AddRegistryWatcher<RegistryModels>();
        }

        return services;
    }

    /// <summary>Decisions and outcomes to Kafka, decisions to the Explainer.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton<ExplanationQueue>()
        .AddSingleton<DecisionEvents>()
        .AddSingleton<DecisionLog>()
        .AddSingleton<OutcomeEvents>()
        .AddSingleton<IEventLog>(provider => new KafkaEventLog(provider.GetRequiredService<IProducer<byte[], byte[]>>()))
        .AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<LimiterOptions>>().Value;
            return Spool.OpenIn(options.DataFolder, options.SpoolBytes);
        })
        .AddRunning<EventOutbox>()
        .AddRunning<EventPump>()
        .AddRunning<ExplanationStream>();

    /// <summary>Operators' overrides.</summary>
    public static IServiceCollection AddOverrides(this IServiceCollection services) => services
        .AddSingleton<OverrideStore>()
        .AddSingleton<OverrideDesk>()
        .AddRunning<OverrideRefresher>();

    /// <summary>Buckets that several replicas share.</summary>
    public static IServiceCollection AddLeases(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<LeaseKeeper>("leases");
        return services
            .AddSingleton<SharedBuckets>()
            .AddSingleton<LeaseLedger>()
            .AddSingleton<LeaseStore>()
            .AddSingleton<LeaseMetrics>()
            .AddRunning<LeaseKeeper>();
    }

    // A hosted service that others may also ask for.
    private static IServiceCollection AddRunning<T>(this IServiceCollection services)
        where T : class, IHostedService => services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
