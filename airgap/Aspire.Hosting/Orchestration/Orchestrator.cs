using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Processes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Orchestration;

/// <summary>Starts all resources, each when what it waits for is there, and stops them in the reverse order.</summary>
internal sealed class Orchestrator : IHostedService, IAsyncDisposable
{
    private readonly DistributedApplicationModel _model;
    private readonly DistributedApplicationExecutionContext _execution;
    private readonly StandInOptions _options;
    private readonly RunnerServices _services;
    private readonly Dictionary<string, ResourceRunner> _runners = new(StringComparer.OrdinalIgnoreCase);
    private bool _running;

    public Orchestrator(
        DistributedApplicationModel model, DistributedApplicationExecutionContext execution, StandInOptions options, ResourceConsole console,
        ResourceNotificationService notifications, IDistributedApplicationEventing eventing, HealthCheckService checks, Watchdog watchdog,
        TimeProvider time, IServiceProvider provider)
    {
        _model = model;
        _execution = execution;
        _options = options;
        _services = new RunnerServices(
            provider, options, console, notifications, eventing,
            new DependencyWait(notifications, console, time),
            new HealthMonitor(checks, notifications, console, time),
            watchdog, time);
    }

    /// <summary>The runner of a resource; null for what is neither started nor stopped.</summary>
    public ResourceRunner? Find(string resource) => _runners.GetValueOrDefault(resource);

    /// <summary>Checks all, then starts all; what has to wait does so in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _services.Eventing.PublishAsync(new BeforeStartEvent(_services.Provider, _model), cancellationToken);
        CheckMachine();
        CheckForCycles();
        var allocator = new EndpointAllocator(_options.RandomizePorts);
        foreach (var resource in _model.Resources.Where(r => r is not IResourceWithoutLifetime))
        {
            _runners.Add(resource.Name, new ResourceRunner(resource, LauncherOf(resource), allocator.Allocate(resource), _services));
        }

        foreach (var runner in _runners.Values)
        {
            runner.Launcher?.Check();
        }

        _running = true;

        foreach (var runner in _runners.Values)
        {
            if (runner.Resource.Annotations.OfType<ExplicitStartupAnnotation>().Any())
            {
                await _services.Notifications.PublishUpdateAsync(runner.Resource, s => s with { State = KnownResourceStates.NotStarted });
            }
            else
            {
                runner.Start();
            }
        }
    }

    /// <summary>Stops each resource once all that wait for it have stopped.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!_running)
        {
            return;
        }

        _running = false;
        _services.Console.Say("stopping");
        var stops = new Dictionary<IResource, Task>();
        await Task.WhenAll(_runners.Values.Select(runner => StopInOrder(runner, stops)));
        if (_options.TemporaryData && Directory.Exists(_options.DataDirectory))
        {
            Directory.Delete(_options.DataDirectory, recursive: true);
        }

        _services.Console.Say("stopped");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        foreach (var runner in _runners.Values)
        {
            runner.Dispose();
        }
    }

    private Task StopInOrder(ResourceRunner runner, Dictionary<IResource, Task> stops)
    {
        if (!stops.TryGetValue(runner.Resource, out var stop))
        {
            var dependents = _runners.Values.Where(r => DependenciesOf(r.Resource).Contains(runner.Resource)).ToArray();
            stops[runner.Resource] = stop = StopAfter(Task.WhenAll(dependents.Select(d => StopInOrder(d, stops))));
        }

        return stop;

        async Task StopAfter(Task dependents)
        {
            await dependents;
            await runner.StopAsync(CancellationToken.None);
        }
    }

    private static IEnumerable<IResource> DependenciesOf(IResource resource)
    {
        var waits = resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource);
        return resource is IResourceWithParent { Parent: var parent } ? waits.Append(parent) : waits;
    }

    private static void CheckMachine()
    {
        if (!OperatingSystem.IsLinux() || PathSearch.Find("setsid") is null)
        {
            throw new DistributedApplicationException(
                "The Aspire.Hosting stand-in runs on Linux with util-linux's setsid. Use the `full` package profile elsewhere: PackageProfile=full.");
        }
    }

    private void CheckForCycles()
    {
        var done = new HashSet<IResource>();
        foreach (var resource in _model.Resources)
        {
            Visit(resource, []);
        }

        void Visit(IResource resource, List<IResource> path)
        {
            if (path.Contains(resource))
            {
                var cycle = path.SkipWhile(r => r != resource).Append(resource).Select(r => r.Name);
                throw new DistributedApplicationException($"Resources wait for each other: {string.Join(" → ", cycle)}. Take one of these waits out.");
            }

            if (done.Contains(resource))
            {
                return;
            }

            path.Add(resource);
            foreach (var dependency in DependenciesOf(resource))
            {
                Visit(dependency, path);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(resource);
        }
    }

    private IResourceLauncher? LauncherOf(IResource resource) => resource switch
    {
        ProjectResource project => new ProjectLauncher(project, _execution),
        ExecutableResource executable => new ExecutableLauncher(executable, _execution),
        PostgresServerResource server => new PostgresLauncher(server, _model, _options, _services.Watchdog, _services.Console, _services.Time),
        KafkaServerResource broker => new KafkaLauncher(broker, _options.Broker),
        ContainerResource container => new ContainerLauncher(container, _model, _execution, _options),
        _ => null,
    };
}
