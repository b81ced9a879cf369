using System.Text.Json;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Traffic;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddSuiteEndpoints(grpc: false);
builder.AddSuiteGrpcClient<LimiterApi.LimiterApiClient>("limiter");
builder.Services.AddSuiteOptions<TrafficOptions>(TrafficOptions.Section);
builder.Services.AddSingleton<Progress>().AddSingleton<RunState>().AddSingleton<TrafficRunner>();
builder.Services.AddHostedService(provider => provider.GetRequiredService<TrafficRunner>());
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTrafficApi();
app.Run();
