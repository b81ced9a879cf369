var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddSuiteEndpoints(grpc: false);

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
