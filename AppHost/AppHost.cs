// The whole suite on one screen: what there is, what it uses, what it waits for. How each piece is wired: SuiteWiring.cs.
using RateLimitSuite.AppHost;

var builder = DistributedApplication.CreateBuilder([.. args.Select(arg => arg == "--smoke" ? "--Loop:Profile=smoke" : arg)]);

var key = builder.AddGeneratedSecret("suite-key");
var suite = builder.AddSuiteDatabase();
var broker = builder.AddSuiteBroker();

var explainer = builder.AddService<Projects.Explainer_Service>("explainer", key).WithGrpc()
    .Uses(suite, broker);

var trainer = builder.AddService<Projects.Trainer_Service>("trainer", key).WithGrpc()
    .WithLocalSections("Trainer")
    .Uses(suite, broker);

var driftMonitor = builder.AddService<Projects.DriftMonitor_Service>("driftmonitor", key).WithGrpc()
    .WithLocalSections("Drift", "Notifications")
    .Uses(suite, broker)
    .Calls(trainer);
trainer.WithReference(driftMonitor);   // Each calls the other, so only one of them can wait.

var limiter = builder.AddService<Projects.Limiter_Service>("limiter", key, httpPort: builder.Port("Limiter:HttpPort", 18080))
    .WithGrpc(builder.Port("Limiter:Port", 50051))
    .WithDataPlaneKey()
    .WithSetting("Limiter:DataFolder")
    .WithSetting("Limiter:PolicyFile")
    .Uses(suite, broker)
    .Calls(explainer);

var dashboard = builder.AddService<Projects.Dashboard_Web>("dashboard", key, httpPort: builder.Port("Dashboard:Port", 18888))
    .WithExternalHttpEndpoints()
    .Uses(broker)
    .Calls(limiter, explainer, driftMonitor, trainer)
    .WithSignInLink();

builder.AddTraffic(key, limiter, dashboard);
builder.AddObservability(dashboard, limiter, explainer, driftMonitor, trainer);
builder.PrintAddresses(dashboard, limiter);

builder.Build().Run();
