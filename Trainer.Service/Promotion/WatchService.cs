using Npgsql;
using RateLimitSuite.ServiceDefaults;
using RateLimitSuite.Trainer.Runs;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>Watches whatever champion is to be watched, while this process leads; a watch that was cut off goes on.</summary>
internal sealed partial class WatchService(
    SuiteDatabase tables, Leadership leadership, Watch watch, TimeProvider time, ILogger<WatchService> logger) : BackgroundService
{
    // Promotions by hand come at any time; the rollback must come within 10 s of the evidence.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await tables.Ready;
        while (!stoppingToken.IsCancellationRequested)
        {
            await leadership.RunAsync(WatchAsync, stoppingToken);
        }
    }

    private async Task WatchAsync(CancellationToken term)
    {
        while (true)
        {
            try
            {
                await watch.RunAsync(term);
            }
            catch (NpgsqlException fault) when (!term.IsCancellationRequested)
            {
                LogInterrupted(fault);
            }

            await Task.Delay(Pause, time, term);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database is away; the watch goes on when it is back.")]
    private partial void LogInterrupted(Exception fault);
}
