using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the manifest to a file and ends AppHost.</summary>
internal sealed class ManifestPublisher(
    DistributedApplicationModel model, DistributedApplicationExecutionContext execution, IDistributedApplicationEventing eventing,
    IConfiguration configuration, IHostApplicationLifetime lifetime, IServiceProvider services) : BackgroundService
{
    private const string DefaultFileName = "aspire-manifest.json";

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the host is up, so that a failure is the start's own and AppHost does not end with code 0.
        var path = PathFrom(configuration);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var file = File.Create(path))
        await using (var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            await new ManifestWriter(new(execution, path, writer, cancellationToken)).WriteAsync(model);
        }

        await Console.Out.WriteLineAsync($"Published manifest to: {path}");
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStarted.Register(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    private string PathFrom(IConfiguration settings)
    {
        if (execution.PublisherName != "manifest")
        {
            throw new DistributedApplicationException($"Publisher '{execution.PublisherName}' is not known to the Aspire.Hosting stand-in; `manifest` is.");
        }

        var path = settings["Publishing:OutputPath"]
            ?? throw new DistributedApplicationException("--publisher manifest needs --output-path FILE.json.");
        return Path.GetFullPath(path.EndsWith(".json", StringComparison.Ordinal) ? path : Path.Combine(path, DefaultFileName));
    }
}
