// A small suite for the stand-in's own tests: a database, a broker, and one service behind another.
var builder = DistributedApplication.CreateBuilder(args);

var password = builder.AddParameter("postgres-password", new GenerateParameterDefault { Special = false }, secret: true);
var database = builder.AddPostgres("postgres", password: password).AddDatabase("suite");
var broker = builder.AddKafka("broker");

var back = builder.AddProject<Projects.Airgap_Aspire_SampleService>("back", options => options.ExcludeLaunchProfile = true)
    .WithHttpEndpoint(name: "http", env: "HTTP_PORT")
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithReference(database)
    .WithReference(broker)
    .WaitFor(database)
    .WaitFor(broker);

builder.AddProject<Projects.Airgap_Aspire_SampleService>("front", options => options.ExcludeLaunchProfile = true)
    .WithHttpEndpoint(name: "http", env: "HTTP_PORT")
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithReference(back)
    .WaitFor(back);

await builder.Build().RunAsync();
