using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Orchestration;

/// <summary>One resource's life: waiting, starting, running with restarts, stopping.</summary>
internal sealed class ResourceRunner(
    IResource resource, IResourceLauncher? launcher, IReadOnlyList<IReadOnlyDictionary<EndpointAnnotation, int>> ports, RunnerServices services)
    : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<TcpProxy> _proxies = [];
    private CancellationTokenSource? _run;
    private Task _running = Task.CompletedTask;

    public IResource Resource => resource;

    /// <summary>Null for what runs inside another resource, as a database does.</summary>
    public IResourceLauncher? Launcher => launcher;

    /// <summary>Starts in the background; without effect while it runs.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (!_running.IsCompleted)
            {
                return;
            }

            _run?.Dispose();
            _run = new CancellationTokenSource();
            var cancellationToken = _run.Token;
            _running = Task.Run(() => RunAsync(cancellationToken), CancellationToken.None);
        }
    }

    /// <summary>Ends all processes of the resource in order; returns when they are gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task running;
        lock (_lock)
        {
            _run?.Cancel();
            running = _running;
        }

        await running.WaitAsync(cancellationToken);
    }

    public void Dispose() => _run?.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PublishAllAsync(KnownResourceStates.Waiting);
            await services.Dependencies.WaitAsync(resource, cancellationToken);
            await services.Eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services.Provider), cancellationToken);
            StartProxies();
            await Task.WhenAll(ports.Select((replica, index) => RunReplicaAsync(replica, IdOf(index), cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await PublishAllAsync(KnownResourceStates.Exited);
        }
#pragma warning disable CA1031 // Whatever goes wrong is the resource's end and said there; the others must go on.
        catch (Exception exception)
        {
            services.Console.Say($"{resource.Name} does not start: {exception.Message}");
            await PublishAllAsync(KnownResourceStates.FailedToStart);
        }
#pragma warning restore CA1031
        finally
        {
            foreach (var proxy in _proxies)
            {
                await proxy.DisposeAsync();
            }

            _proxies.Clear();
            await services.Eventing.PublishAsync(new ResourceStoppedEvent(resource, services.Provider), CancellationToken.None);
        }
    }

    private Task RunReplicaAsync(IReadOnlyDictionary<EndpointAnnotation, int> replicaPorts, string id, CancellationToken cancellationToken) =>
        launcher is null
            ? RunInsideParentAsync(cancellationToken)
            : new ReplicaRunner(resource, launcher, replicaPorts, id, services, OnFirstHealthyAsync).RunAsync(cancellationToken);

    private async Task RunInsideParentAsync(CancellationToken cancellationToken)
    {
        await services.Notifications.WaitForResourceHealthyAsync(
            ((IResourceWithParent)resource).Parent.Name, WaitBehavior.StopOnResourceUnavailable, cancellationToken);
        await PublishAllAsync(KnownResourceStates.Running);
        await services.Health.RunAsync(resource, resource.Name, OnFirstHealthyAsync, cancellationToken);
    }

    private async Task OnFirstHealthyAsync()
    {
        var addresses = Addresses();
        services.Console.Say($"{resource.Name} is ready{(addresses.Length > 0 ? $": {addresses}" : "")}");
        await services.Eventing.PublishAsync(new ResourceReadyEvent(resource, services.Provider), CancellationToken.None);
    }

    private string Addresses() => resource is not ProjectResource project ? "" : string.Join("  ", project.GetEndpoints().Select(endpoint =>
    {
        var link = new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint };
        foreach (var change in project.Annotations.OfType<ResourceUrlCallbackAnnotation>().Where(c => c.EndpointName == endpoint.EndpointName))
        {
            change.Callback(link);
        }

        return link.Url.StartsWith('/') ? endpoint.Url + link.Url : link.Url;
    }));

    // Where callers' port is not the one that a process binds.
    private void StartProxies()
    {
        foreach (var endpoint in resource.Endpoints())
        {
            var port = endpoint.AllocatedEndpoint!.Port;
            int[] targets = [.. ports.Select(p => p[endpoint])];
            if (targets is not [var only] || only != port)
            {
                _proxies.Add(TcpProxy.Start(port, targets));
            }
        }
    }

    private string IdOf(int replica) => ports.Count == 1
        ? resource.Name
        : string.Create(CultureInfo.InvariantCulture, $"{resource.Name}-{replica + 1}");

    private async Task PublishAllAsync(string state)
    {
        for (var replica = 0; replica < ports.Count; replica++)
        {
            await services.Notifications.PublishUpdateAsync(resource, IdOf(replica), s => s with { State = state, HealthStatus = null });
        }
    }
}
