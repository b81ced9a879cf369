using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Trainer;

/// <summary>Puts the service together.</summary>
internal static class TrainerApp
{
    /// <summary>The service, ready to run.</summary>
    /// <param name="args">Command line: configuration that wins over files and environment.</param>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults();
        builder.AddSuiteEndpoints();
        builder.AddNpgsqlDataSource("suite");
        builder.AddSuiteMigrations(typeof(TrainerOptions).Assembly, "trainer");
        builder.AddSuiteProducer("broker");
        builder.AddSuiteGrpcClient<DriftMonitorApi.DriftMonitorApiClient>("driftmonitor");
        builder.Services.AddGrpc();
        builder.Services.AddTrainer(builder.Configuration);

        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGrpcService<TrainerGrpcService>();
        return app;
    }
}
