using Microsoft.Extensions.Options;
using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard;
using RateLimitSuite.Dashboard.Agents;
using RateLimitSuite.Dashboard.Components;
using RateLimitSuite.Dashboard.Intervals;
using RateLimitSuite.Dashboard.Live;
using RateLimitSuite.Dashboard.SignIn;
using RateLimitSuite.Dashboard.Widgets;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();   // Built but not published, as the AppHost starts it, its assets lie with the sources, whatever the environment.
builder.AddServiceDefaults();
builder.AddSuiteEndpoints(grpc: false);
builder.AddSuiteConsumer("broker");
builder.AddSuiteGrpcClient<LimiterApi.LimiterApiClient>("limiter");
builder.AddSuiteGrpcClient<ExplainerApi.ExplainerApiClient>("explainer");
builder.AddSuiteGrpcClient<DriftMonitorApi.DriftMonitorApiClient>("driftmonitor");
builder.AddSuiteGrpcClient<TrainerApi.TrainerApiClient>("trainer");

builder.Services.AddOptions<DashboardOptions>().BindConfiguration(DashboardOptions.Section)
    .Validate(options => options.SignInToken is null or { Length: 0 or >= 16 }, "Dashboard:SignInToken must have at least 16 characters.")
    .ValidateOnStart();
builder.Services.AddSignIn(builder.Configuration);
builder.Services.AddHttpContextAccessor();
builder.Services.AddSingleton(builder.Configuration.GetFeatureSchema());
builder.Services.AddAgents();
builder.Services.AddSingleton<SuiteState>();
builder.Services.AddSingleton<LayoutStore>();
builder.Services.AddSingleton<EvidenceReader>();
builder.Services.AddScoped<ChartInterval>();
builder.Services.AddSingleton<DashboardMetrics>();
builder.Services.AddScoped(services => new LiveView(services.GetRequiredService<SuiteState>(), services.GetRequiredService<DashboardMetrics>()));
builder.Services.AddHostedService<LimiterFeed>();
builder.Services.AddHostedService<ClientsFeed>();
builder.Services.AddHostedService<DriftFeed>();
builder.Services.AddHostedService<TrainerFeed>();
builder.Services.AddHostedService<ExplainerFeed>();
builder.Services.AddHostedService<ShapReader>();
builder.Services.AddHostedService<SnapshotTicker>();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

var app = builder.Build();
app.UseSafeHeaders();
app.UseSameOriginCircuits();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();
app.MapDefaultEndpoints();
app.MapStaticAssets().AllowAnonymous();
app.MapSignIn();
app.MapIncident();
app.MapAgents();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
await app.RunAsync();
