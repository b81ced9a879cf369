using Npgsql;
using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Limiter.Overrides;

/// <summary>Keeps the overrides in memory as the database has them: replicas follow each other within two seconds.</summary>
/// <remarks>While the database is away what is held stays, and runs out by its ttl all the same.</remarks>
internal sealed partial class OverrideRefresher(
    OverrideStore store, OverrideHolder holder, SuiteDatabase database, TimeProvider time, ILogger<OverrideRefresher> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private bool _failing;

    /// <summary>Reads what is in force now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await store.ExpireAsync(now, cancellationToken);
        holder.Swap(new OverrideSet(await store.InForceAsync(now, cancellationToken)));
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RefreshAsync(stoppingToken);
                _failing = false;
            }
            catch (NpgsqlException fault)
            {
                DropExpired();
                if (!_failing)
                {
                    LogAway(fault);
                }

                _failing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        var held = holder.Current.All;
        if (held.Any(o => o.ExpiresAt <= now))
        {
            holder.Swap(new OverrideSet([.. held.Where(o => o.ExpiresAt > now)]));
        }
    }

    [LoggerMessage(LogLevel.Warning, "Overrides cannot be read; those held stay until their time is up.")]
    private partial void LogAway(Exception fault);
}
