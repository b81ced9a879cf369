using System.Diagnostics;

namespace RateLimitSuite.Suite.Tests.Kubernetes;

/// <summary>The overlay over manifests of the shape that aspirate 9.1 documents: one Deployment a service, settings from a ConfigMap.</summary>
public sealed class OverlayTests : IDisposable
{
    private static readonly string[] Services = ["limiter", "explainer", "trainer", "driftmonitor", "dashboard"];
    private readonly string _folder = Directory.CreateTempSubdirectory("suite-overlay-").FullName;

    public OverlayTests()
    {
        Write("aspirate-output/kustomization.yaml", "resources:\n" + string.Concat(Services.Select(name => $"  - {name}\n")));
        foreach (var name in Services)
        {
            Write($"aspirate-output/{name}/kustomization.yaml",
                $"resources: [deployment.yaml]\nconfigMapGenerator:\n  - name: {name}-env\n    literals: [Suite__Key=in-the-secret]\n");
            Write($"aspirate-output/{name}/deployment.yaml",
                $$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: {{name}} }
                spec:
                  minReadySeconds: 60
                  replicas: 1
                  selector: { matchLabels: { app: {{name}} } }
                  strategy: { type: Recreate }
                  template:
                    metadata: { labels: { app: {{name}} } }
                    spec:
                      terminationGracePeriodSeconds: 180
                      containers:
                        - name: {{name}}
                          image: registry.example/ratelimitsuite/{{name}}:0.1.0
                          ports: [{ name: http, containerPort: 8080 }]
                          envFrom: [{ configMapRef: { name: {{name}}-env } }]
                """);
        }

        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot(), "deploy/aspirate/overlay")))
        {
            Write($"overlay/{Path.GetFileName(file)}", File.ReadAllText(file));
        }
    }

    [Fact]
    public async Task Build_EveryService_HasProbesReplicasAndItsKeyFromTheSecret()
    {
        var documents = (await KustomizeAsync()).Split("\n---\n").Where(d => d.Contains("kind: Deployment", StringComparison.Ordinal)).ToList();

        Assert.Equal(Services.Length, documents.Count);
        Assert.All(documents, document =>
        {
            Assert.Contains("startupProbe:", document, StringComparison.Ordinal);
            Assert.Contains("livenessProbe:", document, StringComparison.Ordinal);
            Assert.Contains("path: /health", document, StringComparison.Ordinal);
            Assert.Contains("type: RollingUpdate", document, StringComparison.Ordinal);
            Assert.Contains("key: suite-key", document, StringComparison.Ordinal);
        });
        var limiter = documents.Single(d => d.Contains("name: limiter\n", StringComparison.Ordinal));
        Assert.Contains("replicas: 2", limiter, StringComparison.Ordinal);
        Assert.Contains("key: data-plane-key", limiter, StringComparison.Ordinal);
        Assert.Contains("preStop:", limiter, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> KustomizeAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", Path.Combine(_folder, "overlay")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        await process.WaitForExitAsync(timeout.Token);
        Assert.True(process.ExitCode == 0, output[1]);
        return output[0];
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RateLimitSuite.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
