using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Limiter;
using RateLimitSuite.Limiter.Api;
using RateLimitSuite.Limiter.Envoy;
using RateLimitSuite.Limiter.Leases;
using RateLimitSuite.Limiter.Policies;
using RateLimitSuite.ServiceDefaults;

if (ValidateCommand.IsAsked(args))
{
    return ValidateCommand.Run(args, Console.Out);
}

var builder = WebApplication.CreateBuilder(args);
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
    .AddDecisions()
    .AddEnvoy()
    .AddModels(fromFile: builder.Configuration["Limiter:ModelFile"] is not null)
    .AddEvents()
    .AddOverrides();
if (builder.Configuration.GetValue<BucketStore>("Limiter:BucketStore") == BucketStore.Postgres)
{
    builder.Services.AddLeases();
}

var app = builder.Build();
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
