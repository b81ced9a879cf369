using Microsoft.Extensions.Hosting;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Tells <see cref="StartupFaults"/> that the host is up.</summary>
internal sealed class StartupWatch : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        StartupFaults.Started();
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
