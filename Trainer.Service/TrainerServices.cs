using RateLimitSuite.Contracts;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Gates;
using RateLimitSuite.Trainer.Gates.Replay;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.Trainer.Starter;
using RateLimitSuite.Trainer.Training;

namespace RateLimitSuite.Trainer;

/// <summary>Puts the trainer together.</summary>
internal static class TrainerServices
{
    /// <summary>Adds everything but the hosts of database, Kafka and gRPC.</summary>
    public static IServiceCollection AddTrainer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSuiteOptions<TrainerOptions>(TrainerOptions.Section)
            .Validate(o => o.EnvelopeMinimum < o.EnvelopeMaximum, "Trainer:EnvelopeMinimum must be under Trainer:EnvelopeMaximum.").ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<TrainerOptions>>().Value);
        services.AddSingleton(configuration.GetLoopProfile());
        services.AddSingleton(configuration.GetFeatureSchema());
        services.AddSingleton<TrainerMetrics>();
        services.AddTrainingEngine(configuration[$"{TrainerOptions.Section}:Engine"]);
        return services.AddRegistry().AddGates().AddPromotion().AddRuns();
    }

    private static IServiceCollection AddRegistry(this IServiceCollection services)
    {
        services.AddModelRegistryReader();
        services.AddSingleton<KafkaModelEvents>();
        services.AddSingleton<IModelEvents>(provider => provider.GetRequiredService<KafkaModelEvents>());
        services.AddHostedService(provider => provider.GetRequiredService<KafkaModelEvents>());
        return services.AddSingleton<ModelRegistry>().AddSingleton<RegistryHistory>();
    }

    // In the order they are asked: without `loads` no other gate can ask anything.
    private static IServiceCollection AddGates(this IServiceCollection services) => services
        .AddSingleton<IOfflineGate, LoadsGate>()
        .AddSingleton<IOfflineGate, EnvelopeGate>()
        .AddSingleton<IOfflineGate, HoldoutGate>()
        .AddSingleton<IOfflineGate, RecentGate>()
        .AddSingleton<IOfflineGate, SlicesGate>()
        .AddSingleton<IOfflineGate, ReplayGate>()
        .AddSingleton<IOfflineGate, MonotoneGate>()
        .AddSingleton<IOfflineGate, AdditivityGate>()
        .AddSingleton<IOfflineGate, ImportanceGate>()
        .AddSingleton<IOfflineGate, CostGate>()
        .AddSingleton<IOfflineGate, ReproducibleGate>()
        .AddSingleton<OfflineGates>()
        .AddSingleton<ProvenanceGate>();

    private static IServiceCollection AddPromotion(this IServiceCollection services) => services
        .AddSingleton<IArmEvidenceSource, DriftMonitorEvidence>()
        .AddSingleton<StageClock>()
        .AddSingleton<ShadowReplay>()
        .AddSingleton<Trial>()
        .AddSingleton<Watch>()
        .AddHostedService<WatchService>();

    private static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LeaderElection>(provider, "trainer"));
        services.AddHostedService(provider => provider.GetRequiredService<LeaderElection>());
        services.AddSingleton<Leadership>().AddSingleton<TrainingLog>().AddSingleton<TrainingQueue>().AddSingleton<MetricsExtractor>();
        services.AddSingleton<ModelComparison>().AddSingleton<CandidateFactory>().AddSingleton<TrainingRunner>();
        services.AddHostedService<Coordinator>().AddHostedService<StarterModel>();
        services.AddSingleton<Schedule>();
        return services.AddHostedService(provider => provider.GetRequiredService<Schedule>());
    }
}
