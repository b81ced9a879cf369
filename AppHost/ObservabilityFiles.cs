namespace RateLimitSuite.AppHost;

/// <summary>The configuration that Prometheus and Alertmanager of one run read: that of <c>deploy/</c> with this run's addresses.</summary>
internal sealed class ObservabilityFiles(string appHostDirectory, string directory)
{
    private readonly string _directory = Path.GetFullPath(directory, appHostDirectory);

    /// <summary>Prometheus' folder, filled by <see cref="WritePrometheusAsync"/>.</summary>
    public string Prometheus => Directory.CreateDirectory(Path.Combine(_directory, "prometheus")).FullName;

    /// <summary>Alertmanager's folder.</summary>
    public string Alertmanager => Deployed("alertmanager");

    /// <summary>Copies rules and configuration, and writes who is scraped where.</summary>
    /// <param name="caller">Prometheus: in a container, this machine has another name than outside.</param>
    /// <param name="execution">The run.</param>
    /// <param name="services">Whoever answers at <c>/metrics</c> of endpoint http.</param>
    /// <param name="alertmanager">Where alerts go.</param>
    /// <param name="cancellationToken">Ends the wait for an address.</param>
    public async Task WritePrometheusAsync(
        IResource caller, DistributedApplicationExecutionContext execution, IReadOnlyList<IResourceBuilder<ProjectResource>> services,
        IResourceBuilder<ContainerResource> alertmanager, CancellationToken cancellationToken)
    {
        var context = new ValueProviderContext { Caller = caller, ExecutionContext = execution };
        Copy("prometheus.yml");
        foreach (var rules in Directory.GetFiles(Path.Combine(Deployed("prometheus"), "rules"), "*.yml"))
        {
            Copy(Path.Combine("rules", Path.GetFileName(rules)));
        }

        var targets = new List<string>();
        foreach (var service in services)
        {
            targets.Add($"- targets: [\"{await AddressAsync(service.GetEndpoint("http"))}\"]\n  labels: {{ service: {service.Resource.Name} }}");
        }

        await WriteAsync("services.yml", string.Join('\n', targets));
        await WriteAsync("alertmanager.yml", $"- targets: [\"{await AddressAsync(alertmanager.GetEndpoint("http"))}\"]");

        ValueTask<string?> AddressAsync(EndpointReference endpoint) => endpoint.Property(EndpointProperty.HostAndPort).GetValueAsync(context, cancellationToken);

        Task WriteAsync(string name, string text)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Prometheus, "targets")).FullName;
            return File.WriteAllTextAsync(Path.Combine(folder, name), text + '\n', cancellationToken);
        }
    }

    private void Copy(string file)
    {
        var target = Path.Combine(Prometheus, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(Path.Combine(Deployed("prometheus"), file), target, overwrite: true);
    }

    private string Deployed(string folder) => Path.GetFullPath(Path.Combine("..", "deploy", folder), appHostDirectory);
}
