using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.DriftMonitor.Alerts;
using RateLimitSuite.DriftMonitor.Consuming;
using RateLimitSuite.DriftMonitor.Detectors;
using RateLimitSuite.DriftMonitor.Judging;
using RateLimitSuite.DriftMonitor.Notifications;
using RateLimitSuite.DriftMonitor.Retraining;
using RateLimitSuite.DriftMonitor.Storage;
using RateLimitSuite.DriftMonitor.Windows;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.DriftMonitor;

/// <summary>Puts the service together.</summary>
internal static class DriftMonitorApp
{
    /// <summary>The service, ready to run.</summary>
    /// <param name="args">Command line: configuration that wins over files and environment.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddSuiteEndpoints();
        builder.AddNpgsqlDataSource("suite");
        builder.AddSuiteMigrations(typeof(DriftMonitorOptions).Assembly, "driftmonitor");
        builder.AddSuiteProducer("broker");
        builder.AddSuiteConsumer("broker");
        builder.AddSuiteGrpcClient<TrainerApi.TrainerApiClient>("trainer");
        builder.Services.AddGrpc();
        builder.Services.AddModelRegistryReader();

        builder.Services.AddSuiteOptions<DriftMonitorOptions>(DriftMonitorOptions.Section);
        builder.Services.AddSuiteOptions<DriftOptions>(DriftOptions.Section);
        builder.Services.AddSingleton(builder.Configuration.GetLoopProfile());
        builder.Services.AddSingleton(builder.Configuration.GetFeatureSchema());
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<DriftMonitorOptions>>().Value;
            return WindowOptions.Of(services.GetRequiredService<LoopProfile>()) with
            {
                MaxOpenDecisions = options.MaxOpenDecisions,
                MaxEarlyOutcomes = options.MaxEarlyOutcomes,
                Slo = options.Slo,
                GreatestRate = options.GreatestRate,
            };
        });
        builder.Services.AddSingleton<DriftMonitorMetrics>();
        builder.Services.AddSingleton<MetricsStore>();
        builder.Services.AddSingleton<DriftStore>();
        builder.Services.AddSingleton<AlertStore>();
        builder.Services.AddSingleton<AlertPublisher>();
        builder.Services.AddSingleton<TripStore>();
        builder.Services.AddSingleton<JudgeState>();
        builder.Services.AddSingleton<AttributionWindow>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<LeaderElection>(services, "drift-trigger"));
        builder.Services.AddHostedService(services => services.GetRequiredService<LeaderElection>());
        builder.Services.AddHostedService<EventReader>();
        builder.Services.AddHostedService<AttributionReader>();
        builder.Services.AddHostedService<DriftJudge>();
        builder.Services.AddHostedService<ChampionAge>();
        builder.Services.AddHostedService<RetrainDriver>();
        builder.AddNotifications();

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGrpcService<DriftMonitorGrpcService>().RequireAuthorization(SuitePolicies.Viewer);
        return app;
    }
}
