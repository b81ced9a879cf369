using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Registry;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer;
using RateLimitSuite.Trainer.Extraction;
using RateLimitSuite.Trainer.Promotion;
using RateLimitSuite.Trainer.Registry;
using RateLimitSuite.Trainer.Runs;
using RateLimitSuite.Trainer.Training;

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
app.UseAuthentication();
app.UseAuthorization();
app.MapDefaultEndpoints();
app.MapGrpcService<TrainerGrpcService>();
app.Run();
