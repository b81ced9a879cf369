using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Explainer;
using RateLimitSuite.Explainer.Background;
using RateLimitSuite.Explainer.Events;
using RateLimitSuite.Explainer.Explanations;
using RateLimitSuite.Explainer.Http;
using RateLimitSuite.Explainer.Models;
using RateLimitSuite.Explainer.Narration;
using RateLimitSuite.Explainer.Pictures;
using RateLimitSuite.Explainer.Snapshots;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddSuiteEndpoints();
builder.AddNpgsqlDataSource("suite");
builder.AddSuiteProducer("broker");
builder.AddSuiteConsumer("broker");
builder.Services.AddGrpc();

builder.Services.AddSuiteOptions<ExplainerOptions>(ExplainerOptions.Section);
builder.Services.AddSingleton(builder.Configuration.GetFeatureSchema());
builder.Services.AddSingleton<ExplainerMetrics>();
builder.Services.AddSingleton<ExplainerStatusReader>();
builder.Services.AddSingleton<IModelSource, RegistryModelSource>();
builder.Services.AddSingleton<ModelShelf>();
builder.Services.AddSingleton<ExplanationEngine>();
builder.Services.AddSingleton<ExplanationPartitions>();
builder.Services.AddSingleton<ExplanationQuery>();
builder.Services.AddSingleton<ExplanationLookup>();
builder.Services.AddSingleton<PngConverter>();
builder.Services.AddOpenApi();
builder.Services.AddSingleton<ShapPublisher>();
builder.Services.AddSingleton(services => new BackgroundWindow(
    services.GetRequiredService<FeatureSchema>().Count, services.GetRequiredService<IOptions<ExplainerOptions>>().Value.BackgroundRows));
builder.Services.AddSingleton(services => new RecentExplanations(services.GetRequiredService<IOptions<ExplainerOptions>>().Value.RecentKept));
builder.Services.AddSingleton(services => new ExplanationFeed(
    services.GetRequiredService<IOptions<ExplainerOptions>>().Value.MaximumListeners, services.GetRequiredService<ExplainerMetrics>()));
builder.Services.AddSingleton<ExplanationStore>();
builder.Services.AddSingleton<ExplanationPipeline>();
builder.Services.AddSingleton(services => new HourlySums(services.GetRequiredService<FeatureSchema>().Count, services.GetRequiredService<ExplainerMetrics>()));
builder.Services.AddSingleton<SnapshotStore>();
builder.Services.AddHostedService<SnapshotWriter>();
builder.Services.AddSuiteOptions<NarratorOptions>(NarratorOptions.Section)
    .Validate(options => options.Url is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, $"{NarratorOptions.Section}:Url must be an http or https address.")
    .ValidateOnStart();
builder.Services.AddHttpClient<Narrator>();
builder.Services.AddHostedService(services => services.GetRequiredService<ExplanationStore>());
builder.Services.AddHostedService(services => services.GetRequiredService<ExplanationPipeline>());
builder.Services.AddHostedService<BackgroundRebuilder>();
builder.Services.AddRegistryWatcher<ServedModels>();
builder.AddSuiteMigrations(typeof(ExplainerGrpcService).Assembly, "explainer");

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<ExplainerGrpcService>();
app.MapExplanations();
await app.RunAsync();
