using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Processes;

namespace Aspire.Hosting.Orchestration;

/// <summary>Keeps one process of a resource running: watches its health, starts it again after a crash, ends it when asked.</summary>
internal sealed class ReplicaRunner(
    IResource resource, IResourceLauncher launcher, IReadOnlyDictionary<EndpointAnnotation, int> ports, string id, RunnerServices services,
    Func<Task> onFirstHealthy)
{
    private readonly RestartPolicy _restarts = new(services.Options.RestartDelay, services.Options.RestartsMax, services.Options.StableAfter);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await PublishAsync(KnownResourceStates.Starting, null);
            var spec = await launcher.PrepareAsync(ports, cancellationToken);
            var started = services.Time.GetTimestamp();
            var code = await RunOnceAsync(spec, cancellationToken);
            var ran = services.Time.GetElapsedTime(started);
            cancellationToken.ThrowIfCancellationRequested();
            if (code == 0)
            {
                services.Console.Say($"{id} has finished");
                await PublishAsync(KnownResourceStates.Finished, code);
                return;
            }

            if (_restarts.OnCrash(ran) is not { } delay)
            {
                services.Console.Say($"{id} {Ended(code, ran)}; given up after {_restarts.RestartsMax} restarts");
                await PublishAsync(KnownResourceStates.Exited, code);
                return;
            }

            services.Console.Say($"{id} {Ended(code, ran)}; restart {_restarts.Restarts} of {_restarts.RestartsMax} in {Seconds(delay)}");
            await Task.Delay(delay, services.Time, cancellationToken);
        }
    }

    private async Task<int> RunOnceAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        using var process = ChildProcess.Start(spec, services.Watchdog, line => services.Console.Write(id, line));
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var health = WatchAsync(process, watch.Token);
        try
        {
            return await process.Exited.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await StopAsync(process);
            return await process.Exited;
        }
        finally
        {
            await watch.CancelAsync();
            await health;
        }
    }

    private async Task WatchAsync(ChildProcess process, CancellationToken cancellationToken)
    {
        try
        {
            await process.Ready.WaitAsync(cancellationToken);
            await launcher.OnReadyAsync(cancellationToken);
            await PublishRunningAsync(process.Id);
            await services.Health.RunAsync(resource, id, onFirstHealthy, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Said here; the process is ended, and its exit is what the caller acts upon.
        catch (Exception exception) when (!process.Exited.IsCompleted)
        {
            services.Console.Say($"{id}: {exception.Message}");
            await process.StopAsync(services.Options.GracePeriod);
        }
        catch (Exception) when (process.Exited.IsCompleted)
        {
        }
#pragma warning restore CA1031
    }

    private async Task StopAsync(ChildProcess process)
    {
        await services.Notifications.PublishUpdateAsync(resource, id, s => s with { State = KnownResourceStates.Stopping, HealthStatus = null });
        if (!await process.StopAsync(services.Options.GracePeriod))
        {
            services.Console.Say($"{id} did not stop within {Seconds(services.Options.GracePeriod)} and was killed");
        }
    }

    private Task PublishAsync(string state, int? exitCode) => services.Notifications.PublishUpdateAsync(
        resource, id, s => s with { State = state, HealthStatus = null, ExitCode = exitCode });

    private Task PublishRunningAsync(int processId) => services.Notifications.PublishUpdateAsync(resource, id, s => s with
    {
        State = KnownResourceStates.Running,
        ExitCode = null,
        StartTimeStamp = services.Time.GetUtcNow().UtcDateTime,
        Properties = [new ResourcePropertySnapshot("executable.pid", processId)],
    });

    private static string Ended(int code, TimeSpan ran) => $"ended with code {code} after {Seconds(ran)}";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s");
}
