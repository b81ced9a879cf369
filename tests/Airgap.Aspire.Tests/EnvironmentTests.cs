using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.Orchestration;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task Reference_ServiceWithNamedEndpoint_IsFoundBySchemeOrByEndpointName()
    {
        var variables = await VariablesOfFrontAsync(builder =>
        {
            var back = AddService(builder, "back").WithHttpEndpoint(port: 20101, name: "http", env: "HTTP_PORT")
                .WithHttpEndpoint(port: 20102, name: "grpc", env: "GRPC_PORT");
            AddService(builder, "front").WithReference(back);
        });

        Assert.Equal("http://localhost:20101", variables["services__back__http__0"]);
        Assert.Equal("http://localhost:20102", variables["services__back__grpc__0"]);
        Assert.Equal("http://localhost:20102", variables["BACK_GRPC"]);
    }

    [Fact]
    public async Task Reference_DatabaseWithAllFlags_AddsConnectionStringAndItsParts()
    {
        var variables = await VariablesOfFrontAsync(builder =>
            AddService(builder, "front").WithReference(AddDatabase(builder)));

        Assert.Equal("Host=localhost;Port=20103;Username=postgres;Password=secret;Database=suite", variables["ConnectionStrings__suite"]);
        Assert.Equal("20103", variables["SUITE_PORT"]);
        Assert.Equal("secret", variables["SUITE_PASSWORD"]);
        Assert.Equal("suite", variables["SUITE_DATABASENAME"]);
    }

    [Fact]
    public async Task Reference_FlagsWithoutProperties_AddsTheConnectionStringAlone()
    {
        var variables = await VariablesOfFrontAsync(builder =>
            AddService(builder, "front")
                .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
                .WithReference(AddDatabase(builder)));

        Assert.Contains("ConnectionStrings__suite", variables.Keys);
        Assert.DoesNotContain(variables.Keys, name => name.StartsWith("SUITE_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_WithAndWithoutVariable_PortGoesIntoItsVariableOrIntoUrls()
    {
        var variables = await VariablesOfFrontAsync(builder => AddService(builder, "front")
            .WithHttpEndpoint(port: 20104, name: "http")
            .WithHttpEndpoint(port: 20105, name: "grpc", env: "GRPC_PORT"));

        Assert.Equal("http://localhost:20104", variables["ASPNETCORE_URLS"]);
        Assert.Equal("20105", variables["GRPC_PORT"]);
    }

    [Fact]
    public async Task Telemetry_NoOtlpEndpoint_IsLeftAlone()
    {
        var variables = await VariablesOfFrontAsync(builder => AddService(builder, "front"));

        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_ENDPOINT", variables.Keys);
        Assert.Equal("simple", variables["LOGGING__CONSOLE__FORMATTERNAME"]);
    }

    [Fact]
    public async Task Telemetry_OtlpEndpoint_IsPassedOnWithTheResourcesName()
    {
        var variables = await VariablesOfFrontAsync(
            builder => AddService(builder, "front"), "--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317", "--AppHost:OtlpApiKey=key");

        Assert.Equal("http://localhost:4317", variables["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", variables["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("front", variables["OTEL_SERVICE_NAME"]);
        Assert.Equal("x-otlp-api-key=key", variables["OTEL_EXPORTER_OTLP_HEADERS"]);
        Assert.StartsWith("service.instance.id=", variables["OTEL_RESOURCE_ATTRIBUTES"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionString_FromConfiguration_IsPassedOnAndStartsNothing()
    {
        const string External = "Host=db.example;Username=u;Password=p;Database=suite";
        var variables = await VariablesOfFrontAsync(
            builder => AddService(builder, "front").WithReference(builder.AddConnectionString("suite")), $"--ConnectionStrings:suite={External}");

        Assert.Equal(External, variables["ConnectionStrings__suite"]);
    }

    [Fact]
    public async Task ConnectionString_Missing_NamesTheKey()
    {
        var error = await Assert.ThrowsAsync<MissingParameterValueException>(() => VariablesOfFrontAsync(
            builder => AddService(builder, "front").WithReference(builder.AddConnectionString("suite"))));

        Assert.Contains("ConnectionStrings:suite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_EachBindsItsOwnPort_AndCallersSeeOne()
    {
        var builder = RunningApp.Describe(b => AddService(b, "front").WithHttpEndpoint(port: 20106, name: "http", env: "HTTP_PORT").WithReplicas(2));
        var front = builder.Resources.Single();

        var replicas = new EndpointAllocator(randomize: false).Allocate(front);
        var ports = new List<string>();
        foreach (var replica in replicas)
        {
            var context = new ValueProviderContext { Caller = front, ReplicaPorts = replica };
            ports.Add((await EnvironmentResolver.ResolveVariablesAsync(front, builder.ExecutionContext, context, CancellationToken.None))["HTTP_PORT"]);
        }

        Assert.Equal(2, ports.Distinct().Count());
        Assert.DoesNotContain("20106", ports);
        Assert.Equal("http://localhost:20106", ((ProjectResource)front).GetEndpoint("http").Url);
    }

    [Fact]
    public void Port_FixedAndTaken_IsNamedWithItsEndpoint()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var builder = RunningApp.Describe(b => AddService(b, "front").WithHttpEndpoint(port: port, name: "http"));

        var error = Assert.Throws<DistributedApplicationException>(() => { new EndpointAllocator(randomize: false).Allocate(builder.Resources.Single()); });

        Assert.Contains($"Port {port} of front's endpoint 'http' is taken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfARunningProcess_IsWhatWasDescribed()
    {
        await using var app = await RunningApp.StartAsync(builder => builder
            .AddShell("printer", "echo \"told $WORD and $NUMBER\"")
            .WithEnvironment("WORD", "hello")
            .WithEnvironment("NUMBER", builder.AddParameter("number", "7")));

        await app.WaitForStateAsync("printer", KnownResourceStates.Finished);

        Assert.Contains("printer      | told hello and 7", app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfAppHostsLaunchProfile_IsNotPassedOn()
    {
        Environment.SetEnvironmentVariable("DOTNET_LAUNCH_PROFILE", "http");
        await using var app = await RunningApp.StartAsync(builder => builder.AddExecutable("printer", "env", "."));

        await app.WaitForStateAsync("printer", KnownResourceStates.Finished);

        Assert.Contains("printer      | PATH=", app.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET_LAUNCH_PROFILE", app.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_NameThatNoShellKnows_ReachesTheProcess()
    {
        await using var app = await RunningApp.StartAsync(builder => builder
            .AddExecutable("printer", "env", ".")
            .WithEnvironment("Logging__LogLevel__Npgsql.Command", "Warning"));

        await app.WaitForStateAsync("printer", KnownResourceStates.Finished);

        Assert.Contains("printer      | Logging__LogLevel__Npgsql.Command=Warning", app.Log, StringComparison.Ordinal);
    }

    private static IResourceBuilder<ProjectResource> AddService(IDistributedApplicationBuilder builder, string name) =>
        builder.AddProject<Projects.Airgap_Aspire_SampleService>(name, options => options.ExcludeLaunchProfile = true);

    private static IResourceBuilder<PostgresDatabaseResource> AddDatabase(IDistributedApplicationBuilder builder) =>
        builder.AddPostgres("postgres", password: builder.AddParameter("password", "secret", secret: true), port: 20103).AddDatabase("suite");

    private static async Task<IReadOnlyDictionary<string, string>> VariablesOfFrontAsync(
        Action<IDistributedApplicationBuilder> describe, params string[] settings)
    {
        var builder = RunningApp.Describe(describe, settings);
        var allocator = new EndpointAllocator(randomize: false);
        foreach (var resource in builder.Resources)
        {
            allocator.Allocate(resource);
        }

        Assert.True(builder.Resources.TryGetByName("front", out var front));
        return await EnvironmentResolver.ResolveVariablesAsync(front, builder.ExecutionContext, new() { Caller = front }, CancellationToken.None);
    }
}
