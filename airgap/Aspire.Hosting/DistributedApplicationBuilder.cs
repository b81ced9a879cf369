using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Processes;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The stand-in's builder: a generic host whose one hosted service runs or publishes the resources.</summary>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--publisher"] = "Publishing:Publisher",
        ["--output-path"] = "Publishing:OutputPath",
        ["--operation"] = "AppHost:Operation",
    };

    // Services stop in the reverse order of their start, each with its own grace period.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    private readonly HostApplicationBuilder _host;
    private readonly ResourceCollection _resources = [];
    private readonly EntryPointRun? _testing = EntryPointRun.Current;

    /// <summary>Starts from a command line.</summary>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    /// <summary>Starts from options.</summary>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var args = options.Args ?? [];
        AppHostAssembly = _testing?.AppHost ?? AssemblyOf(options);
        AppHostDirectory = options.ProjectDirectory
            ?? AppHostMetadata.Of(AppHostAssembly, AppHostMetadata.ProjectPath)
            ?? Directory.GetCurrentDirectory();
        _host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = AppHostAssembly?.GetName().Name,
            Args = args,
            ContentRootPath = AppHostDirectory,
            EnvironmentName = _testing is null ? null : Environments.Development,
        });
        _host.Configuration.AddCommandLine(args, Switches);
        ExecutionContext = new(OperationOf(_host.Configuration), _host.Configuration["Publishing:Publisher"] ?? "manifest");
        AddServices();
        _testing?.OnBuilderCreated(this);
    }

    /// <inheritdoc/>
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc/>
    public Assembly? AppHostAssembly { get; }

    /// <inheritdoc/>
    public string AppHostDirectory { get; }

    /// <inheritdoc/>
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc/>
    public IServiceCollection Services => _host.Services;

    /// <inheritdoc/>
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    /// <inheritdoc/>
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <inheritdoc/>
    public IResourceCollection Resources => _resources;

    /// <inheritdoc/>
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        _resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc/>
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    /// <inheritdoc/>
    public DistributedApplication Build()
    {
        _testing?.WaitForBuild();
        var application = new DistributedApplication(_host.Build(), _testing);
        _testing?.OnBuilt(application);
        return application;
    }

    private void AddServices()
    {
        var services = _host.Services;
        services.Configure<HostOptions>(o => o.ShutdownTimeout = StopTimeout);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(ExecutionContext);
        services.AddSingleton(Eventing);
        services.AddSingleton(new DistributedApplicationModel(_resources));
        services.AddSingleton(StandInOptions.From(_host.Configuration, AppHostAssembly, AppHostDirectory, _testing is not null));
        services.AddHealthChecks();
        services.AddHttpClient(HttpHealthCheck.ClientName, client => client.Timeout = HttpHealthCheck.Timeout);

        // Resources' own output is the log; the host has little to add, and a manifest run must not write to stderr.
        _host.Logging.ClearProviders();
        if (ExecutionContext.IsPublishMode)
        {
            services.AddHostedService<ManifestPublisher>();
            return;
        }

        services.AddSingleton<ResourceConsole>();
        services.AddSingleton<ILoggerProvider, ResourceConsoleLoggerProvider>();
        // A failing health check is said once, by its monitor, and not with a stack at each try; a failing start is said by Run.
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton<Watchdog>();
        services.AddSingleton<Orchestrator>();
        services.AddSingleton(sp => new ResourceCommandService(sp.GetRequiredService<Orchestrator>()));
        services.AddHostedService(sp => sp.GetRequiredService<Orchestrator>());
    }

    private static Assembly? AssemblyOf(DistributedApplicationOptions options) =>
        options.AssemblyName is { } name ? Assembly.Load(new AssemblyName(name)) : Assembly.GetEntryAssembly();

    private static DistributedApplicationOperation OperationOf(ConfigurationManager configuration) =>
        !string.IsNullOrEmpty(configuration["Publishing:Publisher"])
        || string.Equals(configuration["AppHost:Operation"], "publish", StringComparison.OrdinalIgnoreCase)
            ? DistributedApplicationOperation.Publish
            : DistributedApplicationOperation.Run;
}
