using System.Text.Json.Nodes;

namespace RateLimitSuite.Airgap.Aspire.Tests;

public sealed class ManifestTests
{
    // Field for field and in this order what Aspire 13.5.2 writes: `type`, then what identifies the resource, `env`, `bindings`.
    private const string Golden =
        """
        {
          "resources": {
            "password": {
              "type": "parameter.v0",
              "value": "{password.inputs.value}",
              "inputs": { "value": { "type": "string", "secret": true, "default": { "generate": { "minLength": 22, "special": false, "minNumeric": 4 } } } }
            },
            "postgres": {
              "type": "container.v0",
              "connectionString": "Host={postgres.bindings.tcp.host};Port={postgres.bindings.tcp.port};Username=postgres;Password={password.value}",
              "image": "docker.io/library/postgres:18.3",
              "volumes": [ { "name": "data", "target": "/var/lib/postgresql", "readOnly": false } ],
              "env": {
                "POSTGRES_HOST_AUTH_METHOD": "scram-sha-256",
                "POSTGRES_INITDB_ARGS": "--auth-host=scram-sha-256 --auth-local=scram-sha-256",
                "POSTGRES_USER": "postgres",
                "POSTGRES_PASSWORD": "{password.value}"
              },
              "bindings": { "tcp": { "scheme": "tcp", "protocol": "tcp", "transport": "tcp", "targetPort": 5432 } }
            },
            "suite": { "type": "value.v0", "connectionString": "{postgres.connectionString};Database=suite" },
            "broker": {
              "type": "container.v0",
              "connectionString": "{broker.bindings.tcp.host}:{broker.bindings.tcp.port}",
              "image": "docker.io/confluentinc/confluent-local:8.2.0",
              "env": {
                "KAFKA_LISTENERS": "PLAINTEXT://localhost:29092,CONTROLLER://localhost:29093,PLAINTEXT_HOST://0.0.0.0:9092,PLAINTEXT_INTERNAL://0.0.0.0:9093",
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PLAINTEXT_HOST:PLAINTEXT,PLAINTEXT_INTERNAL:PLAINTEXT",
                "KAFKA_ADVERTISED_LISTENERS": "PLAINTEXT://{broker.bindings.tcp.host}:29092,PLAINTEXT_HOST://{broker.bindings.tcp.host}:{broker.bindings.tcp.port},PLAINTEXT_INTERNAL://{broker.bindings.internal.host}:{broker.bindings.internal.port}"
              },
              "bindings": {
                "tcp": { "scheme": "tcp", "protocol": "tcp", "transport": "tcp", "targetPort": 9092 },
                "internal": { "scheme": "tcp", "protocol": "tcp", "transport": "tcp", "targetPort": 9093 }
              }
            },
            "back": {
              "type": "project.v0",
              "path": "PROJECT",
              "args": [ "--mode", "{password.value}" ],
              "env": {
                "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY": "in_memory",
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true",
                "HTTP_PORT": "{back.bindings.http.targetPort}",
                "GRPC_PORT": "{back.bindings.grpc.targetPort}",
                "ConnectionStrings__suite": "{suite.connectionString}",
                "ConnectionStrings__broker": "{broker.connectionString}",
                "Suite__Key": "{password.value}"
              },
              "bindings": {
                "http": { "scheme": "http", "protocol": "tcp", "transport": "http", "targetPort": 8080, "external": true },
                "grpc": { "scheme": "http", "protocol": "tcp", "transport": "http2", "port": 50051, "targetPort": 8081 }
              }
            },
            "front": {
              "type": "project.v0",
              "path": "PROJECT",
              "env": {
                "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY": "in_memory",
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true",
                "HTTP_PORTS": "{front.bindings.http.targetPort}",
                "BACK_HTTP": "{back.bindings.http.url}",
                "services__back__http__0": "{back.bindings.http.url}",
                "BACK_GRPC": "{back.bindings.grpc.url}",
                "services__back__grpc__0": "{back.bindings.grpc.url}"
              },
              "bindings": { "http": { "scheme": "http", "protocol": "tcp", "transport": "http" } }
            },
            "external": {
              "type": "parameter.v0",
              "connectionString": "{external.value}",
              "value": "{external.inputs.value}",
              "inputs": { "value": { "type": "string", "secret": true } }
            }
          }
        }
        """;

    [Fact]
    public async Task Publish_EveryKindOfResource_WritesAspiresShapesInAspiresOrder()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "manifest.json");
        var builder = RunningApp.Describe(Describe, "--publisher", "manifest", "--output-path", path);

        await builder.Build().RunAsync().WaitAsync(RunningApp.Patience);

        var written = (await File.ReadAllTextAsync(path)).Replace(
            Path.GetRelativePath(folder.Path, new Projects.Airgap_Aspire_SampleService().ProjectPath), "PROJECT", StringComparison.Ordinal);
        Assert.Equal(JsonNode.Parse(Golden)!.ToJsonString(new() { WriteIndented = true }), JsonNode.Parse(written)!.ToJsonString(new() { WriteIndented = true }));
    }

    [Fact]
    public async Task Publish_AsAProcess_SaysNothingOnStandardErrorAndEndsWithZero()
    {
        using var folder = new TemporaryFolder();

        var (code, _, error) = await SampleAppHost.RunAsync("--publisher", "manifest", "--output-path", folder.Path);

        Assert.Equal((0, ""), (code, error));
        Assert.True(File.Exists(Path.Combine(folder.Path, "aspire-manifest.json")));
    }

    [Fact]
    public async Task Publish_UnknownPublisher_SaysWhichIsKnown()
    {
        var (code, output, _) = await SampleAppHost.RunAsync("--publisher", "docker-compose", "--output-path", "/tmp/x");

        Assert.Equal(1, code);
        Assert.Contains("`manifest` is", output, StringComparison.Ordinal);
    }

    private static void Describe(IDistributedApplicationBuilder builder)
    {
        var password = builder.AddParameter("password", new GenerateParameterDefault { Special = false, MinNumeric = 4 }, secret: true);
        var database = builder.AddPostgres("postgres", password: password).WithDataVolume("data").AddDatabase("suite");
        var broker = builder.AddKafka("broker");
        var back = builder.AddProject<Projects.Airgap_Aspire_SampleService>("back", options => options.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(targetPort: 8080, name: "http", env: "HTTP_PORT")
            .WithExternalHttpEndpoints()
            .WithHttpEndpoint(port: 50051, targetPort: 8081, name: "grpc", env: "GRPC_PORT")
            .WithEndpoint("grpc", endpoint => endpoint.Transport = "http2")
            .WithHttpHealthCheck("/health", endpointName: "http")
            .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
            .WithReference(database)
            .WithReference(broker)
            .WithEnvironment("Suite__Key", password)
            .WithArgs("--mode", password.Resource)
            .WithReplicas(2)
            .WaitFor(database);
        builder.AddProject<Projects.Airgap_Aspire_SampleService>("front", launchProfileName: null)
            .WithHttpEndpoint(name: "http")
            .WithReference(back);
        builder.AddConnectionString("external");
        builder.AddContainer("not-published", "example/tool").ExcludeFromManifest();
    }
}
