using System.Globalization;

namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>A container whose program this machine has.</summary>
public sealed class LocalImageTests
{
    [ProgramFact("prometheus")]
    public async Task Start_Prometheus_RunsItsProgramOnTheMountedFilesAndOnLoopback()
    {
        using var folder = new TemporaryFolder();
        var configuration = Directory.CreateDirectory(Path.Combine(folder.Path, "configuration")).FullName;
        await File.WriteAllTextAsync(Path.Combine(configuration, "prometheus.yml"), "global: { external_labels: { mounted: here } }\n");
        IResourceBuilder<ContainerResource>? prometheus = null;

        await using var app = await RunningApp.StartAsync(
            builder => prometheus = builder.AddContainer("prometheus", "prom/prometheus", "v3.5.0")
                .WithHttpEndpoint(targetPort: 9090, name: "http")
                .WithBindMount(configuration, "/etc/prometheus", isReadOnly: true)
                .WithVolume("data", "/prometheus")
                .WithArgs("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus")
                .WithHttpHealthCheck("/-/ready", endpointName: "http"),
            $"--StandIn:DataDirectory={folder.Path}");
        await app.HealthyAsync("prometheus");

        using var client = new HttpClient { BaseAddress = new Uri(prometheus!.GetEndpoint("http").Url) };
        Assert.Contains("mounted: here", await client.GetStringAsync(new Uri("/api/v1/status/config", UriKind.Relative)), StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder.Path, "prometheus", "data")));
        var port = client.BaseAddress!.Port.ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"address=127.0.0.1:{port}", app.Log, StringComparison.Ordinal);
    }
}
