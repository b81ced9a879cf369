namespace RateLimitSuite.AppHost.Tests;

/// <summary>What AppHost describes; nothing is started.</summary>
public sealed class TopologyTests
{
    private static readonly string[] Services = ["limiter", "explainer", "trainer", "driftmonitor", "dashboard"];

    [Fact]
    public async Task Describe_NoConfiguration_HasDatabaseBrokerServicesAndTraffic()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>();

        string[] expected = ["postgres", "suite", "broker", .. Services, "traffic", "suite-key", "postgres-password"];
        Assert.Equal(expected.Order(), builder.Resources.Select(r => r.Name).Order());
    }

    [Fact]
    public async Task Describe_ConnectionStringsGiven_BringsNoServersOfItsOwn()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--ConnectionStrings:suite=Host=db.example;Database=suite", "--ConnectionStrings:broker=kafka.example:9092"]);

        Assert.DoesNotContain(builder.Resources, r => r is ContainerResource);
        var limiter = await VariablesOfAsync(builder, "limiter", DistributedApplicationOperation.Publish);
        Assert.Equal("{suite.connectionString}", limiter["ConnectionStrings__suite"]);
        Assert.Equal("{broker.connectionString}", limiter["ConnectionStrings__broker"]);
    }

    [Theory]
    [InlineData("limiter", "explainer")]
    [InlineData("driftmonitor", "trainer")]
    [InlineData("trainer", "driftmonitor")]
    [InlineData("dashboard", "limiter", "explainer", "driftmonitor", "trainer")]
    [InlineData("traffic", "limiter")]
    public async Task Calls_EveryCallee_IsFoundByNameOverGrpcAndHttp(string caller, params string[] callees)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>();

        var variables = await VariablesOfAsync(builder, caller, DistributedApplicationOperation.Publish);

        foreach (var callee in callees)
        {
            Assert.Equal($"{{{callee}.bindings.grpc.url}}", variables[$"services__{callee}__grpc__0"]);
            Assert.Equal($"{{{callee}.bindings.http.url}}", variables[$"services__{callee}__http__0"]);
        }
    }

    [Fact]
    public async Task Environment_EveryService_HasTheKeyTheProfileAndNoPasswordOutsideTheConnectionString()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>();

        foreach (var service in Services)
        {
            var variables = await VariablesOfAsync(builder, service, DistributedApplicationOperation.Publish);
            Assert.Equal("{suite-key.value}", variables["Suite__Key"]);
            Assert.Equal("local", variables["Loop__Profile"]);
            Assert.DoesNotContain(variables, v => v.Value.Contains("postgres-password", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Smoke_Switch_SetsTheLoopsProfile()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--smoke", "--Traffic:Log=/var/log/access.log"]);

        Assert.Equal("smoke", (await VariablesOfAsync(builder, "driftmonitor", DistributedApplicationOperation.Publish))["Loop__Profile"]);
    }

    [Fact]
    public async Task Traffic_KeysOfItsSection_ArePassedOn()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--Traffic:Log=/var/log/access.log", "--Traffic:Speed=10", "--Traffic:Backend:Cut=0.7"]);

        var traffic = await VariablesOfAsync(builder, "traffic", DistributedApplicationOperation.Publish);

        Assert.Equal(("/var/log/access.log", "10", "0.7"), (traffic["Traffic__Log"], traffic["Traffic__Speed"], traffic["Traffic__Backend__Cut"]));
    }

    [Fact]
    public async Task Features_Appended_AreTheSameForEveryService()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Features:Appended:0:Name=queue_depth"]);

        foreach (var service in Services)
        {
            Assert.Equal("queue_depth", (await VariablesOfAsync(builder, service, DistributedApplicationOperation.Publish))["Features__Appended__0__Name"]);
        }
    }

    [Theory]
    [InlineData("trainer", "Trainer:Engine", "mlnet", "Trainer__Engine")]
    [InlineData("driftmonitor", "Drift:Mode", "threshold", "Drift__Mode")]
    [InlineData("limiter", "Limiter:PolicyFile", "/etc/policies.yaml", "Limiter__PolicyFile")]
    public async Task Sections_OfOneService_ArePassedOnToItAlone(string service, string key, string value, string variable)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--{key}={value}"]);

        foreach (var other in Services)
        {
            var variables = await VariablesOfAsync(builder, other, DistributedApplicationOperation.Publish);
            Assert.Equal(other == service ? value : null, variables.GetValueOrDefault(variable));
        }
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", true)]
    public async Task Traffic_Enabled_DecidesWhetherItStartsByItself(string enabled, bool waitsToBeAsked)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Traffic:Enabled={enabled}"]);

        var traffic = builder.Resources.Single(r => r.Name == "traffic");

        Assert.Equal(waitsToBeAsked, traffic.Annotations.OfType<ExplicitStartupAnnotation>().Any());
    }

    [Fact]
    public async Task Dashboard_InDevelopment_GetsATokenForOneSignIn()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>();

        var dashboard = await VariablesOfAsync(builder, "dashboard", DistributedApplicationOperation.Publish);

        Assert.Matches("^[0-9a-f]{32}$", dashboard["Dashboard__SignInToken"]);
    }

    [Theory]
    [InlineData("--Observability=true", true)]
    [InlineData("--Observability=false", false)]
    public async Task Observability_Switch_AddsItsThreeServers(string argument, bool wanted)
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([argument]);

        string[] servers = ["alertmanager", "grafana", "prometheus"];
        Assert.Equal(wanted ? servers : [], builder.Resources.Select(r => r.Name).Intersect(servers).Order());
    }

    [Fact]
    public async Task Observability_Published_IsLeftToTheCluster()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            ["--Observability=true", "--publisher", "manifest"]);

        Assert.DoesNotContain(builder.Resources, r => r.Name == "prometheus");
    }

    [Fact]
    public async Task Ports_Configured_AreFixed()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--Limiter:Port=50052"]);

        Assert.Equal(50052, EndpointOf(builder, "limiter", "grpc").Port);
        Assert.Equal(18080, EndpointOf(builder, "limiter", "http").Port);
        Assert.Equal(18888, EndpointOf(builder, "dashboard", "http").Port);
        Assert.Null(EndpointOf(builder, "explainer", "grpc").Port);
    }

    [Fact]
    public async Task Publish_Services_ListenOnEveryAddressAtFixedPortsWithADataPlaneKey()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(["--publisher", "manifest"]);

        foreach (var service in Services)
        {
            var variables = await VariablesOfAsync(builder, service, DistributedApplicationOperation.Publish);
            Assert.Equal(("production", "0.0.0.0"), (variables["Loop__Profile"], variables["Suite__BindAddress"]));
            Assert.Equal((8080, "http"), (EndpointOf(builder, service, "http").TargetPort, EndpointOf(builder, service, "http").Transport));
        }

        Assert.Equal((8081, "http2"), (EndpointOf(builder, "limiter", "grpc").TargetPort, EndpointOf(builder, "limiter", "grpc").Transport));
        Assert.Equal("{data-plane-key.value}", (await VariablesOfAsync(builder, "limiter", DistributedApplicationOperation.Publish))["Suite__DataPlaneKey"]);
        Assert.DoesNotContain(builder.Resources, r => r.Name == "traffic");
    }

    private static async Task<Dictionary<string, string>> VariablesOfAsync(
        IDistributedApplicationBuilder builder, string name, DistributedApplicationOperation operation) =>
        await ((IResourceWithEnvironment)builder.Resources.Single(r => r.Name == name)).GetEnvironmentVariableValuesAsync(operation);

    private static EndpointAnnotation EndpointOf(IDistributedApplicationBuilder builder, string name, string endpoint) =>
        builder.Resources.Single(r => r.Name == name).Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == endpoint);
}
