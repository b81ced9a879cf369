using Microsoft.Extensions.Options;
using Npgsql;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Explainer.Snapshots;

/// <summary>Writes the open hours every half minute, and once more at the end.</summary>
internal sealed partial class SnapshotWriter(
    HourlySums sums, SnapshotStore store, SuiteDatabase tables, IOptions<ExplainerOptions> options, TimeProvider time, ILogger<SnapshotWriter> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);

    // A decision waits in queues for seconds; two hours leave room for a clock that is off.
    private static readonly TimeSpan OpenFor = TimeSpan.FromHours(2);

    // A run's own rows are replaced by newer sums; those of other runs stay as they are.
    private readonly Guid _run = Guid.CreateVersion7();
    private DateTimeOffset _dropped;
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await tables.Ready.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(Every, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var last = new CancellationTokenSource(LastPatience, time);
            await WriteAsync(last.Token);
        }
    }

    private async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            await store.WriteAsync(sums.Read(), _run, cancellation);
            var now = time.GetUtcNow();
            sums.CloseBefore(now - OpenFor - TimeSpan.FromHours(1));
            if (now - _dropped > TimeSpan.FromHours(1))
            {
                await store.DropBeforeAsync(now.AddDays(-options.Value.SnapshotDays), cancellation);
                _dropped = now;
            }

            _failing = false;
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            // The sums go on in memory; only a run that ends meanwhile loses its part.
            if (!_failing && !cancellation.IsCancellationRequested)
            {
                LogWaiting(fault.Message);
            }

            _failing = true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Hourly SHAP means wait to be written: {Problem}")]
    private partial void LogWaiting(string problem);
}
