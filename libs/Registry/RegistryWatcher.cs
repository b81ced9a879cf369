using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.Registry;

/// <summary>Tells a service's <see cref="IRegistryHandler"/> whenever the registry serves something else.</summary>
/// <remarks>The registry is the truth and is polled; <see cref="Wake"/> only makes the next look come at once. While the database
/// is away the service keeps what it has; each such time is logged once.</remarks>
public sealed partial class RegistryWatcher(
    ModelRegistryReader registry, IRegistryHandler handler, IOptions<RegistryWatcherOptions> options, TimeProvider time, ILogger<RegistryWatcher> logger)
    : BackgroundService
{
    private readonly SemaphoreSlim _wake = new(0, 1);
    private RegistrySnapshot? _applied;
    private bool _failing;

    /// <summary>Looks at the registry at once. Any thread may call it; calls before the look fold into one.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // A look is due already.
        }
        catch (ObjectDisposedException)
        {
            // The host stops; an event came after the watcher.
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await WaitAsync(stoppingToken);
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        try
        {
            var snapshot = await registry.GetServedAsync(stoppingToken);
            if (snapshot != _applied)
            {
                await handler.ApplyAsync(snapshot, stoppingToken);
                _applied = snapshot;
                LogServed(snapshot.Champion?.Version ?? "none", snapshot.Challenger?.Version ?? "none", snapshot.ChallengerStage, snapshot.ChallengerShare);
            }

            if (_failing)
            {
                _failing = false;
                LogRecovered();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception fault) when (!_failing)
        {
            _failing = true;
            LogFailing(fault, options.Value.PollInterval.TotalSeconds);
        }
        catch (Exception)
        {
            // Said already; the next look tries again.
        }
    }

    private async Task WaitAsync(CancellationToken stoppingToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var pause = Task.Delay(options.Value.PollInterval, time, waiting.Token);
        var woken = _wake.WaitAsync(waiting.Token);
        await Task.WhenAny(pause, woken);
        await waiting.CancelAsync();
        await ((Task)woken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(LogLevel.Information, "The registry serves champion {Champion}, challenger {Challenger} ({Stage}, share {Share}).")]
    private partial void LogServed(string champion, string challenger, ChallengerStage stage, double share);

    [LoggerMessage(LogLevel.Warning, "The registry cannot be read or applied; what is served stays. Looking again every {Seconds} s.")]
    private partial void LogFailing(Exception fault, double seconds);

    [LoggerMessage(LogLevel.Information, "The registry is readable again.")]
    private partial void LogRecovered();
}
