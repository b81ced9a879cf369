using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.ServiceDefaults;

var isValidation = ValidateCommand.IsAsked(args);
var builder = WebApplication.CreateBuilder(isValidation ? [] : args);
if (isValidation)
{
    return ValidateCommand.Run(args, builder.Configuration.GetFeatureSchema(), Console.Out);
}

builder.AddServiceDefaults();
builder.AddSuiteEndpoints();
builder.RequireDataPlaneKeyUnlessLoopback();
builder.AddNpgsqlDataSource("suite", settings => settings.DisableHealthChecks = true);   // Decisions go on without it.
builder.AddSuiteMigrations(typeof(Program).Assembly, "limiter", neededToServe: false);
builder.AddSuiteProducer("broker");
builder.AddSuiteConsumer("broker");
builder.AddSuiteGrpcClient<ExplainerApi.ExplainerApiClient>("explainer");
builder.Services.AddGrpc();
builder.Services.AddGrpcHealthChecks();
builder.Services.AddGrpcReflection();
builder.Services
    .AddDecisions(builder.Configuration.GetFeatureSchema())
    .AddEnvoy()
    .AddModels(fromFile: builder.Configuration["Limiter:ModelFile"] is not null)
    .AddEvents()
    .AddOverrides();
if (builder.Configuration.GetValue<BucketStore>("Limiter:BucketStore") == BucketStore.Postgres)
{
    builder.Services.AddLeases();
}

var app = builder.Build();
app.Services.GetRequiredService<PolicyFile>().Load();   // A faulty file is said before anything runs that would have to be stopped.
app.MapDefaultEndpoints();
app.MapLimiterApi();
app.MapDecide().RequireDataPlaneAccess();
app.MapForwardAuth().RequireDataPlaneAccess();
app.MapGrpcService<RateLimitGrpcService>().RequireDataPlaneAccess();
app.MapEnvoyJson().RequireDataPlaneAccess();
app.MapGrpcHealthChecksService().AllowAnonymous();
app.MapGrpcReflectionService().AllowAnonymous();
app.Run();
return 0;
