using System.Diagnostics.Metrics;
using Npgsql;
using RateLimitSuite.Registry;

namespace RateLimitSuite.DriftMonitor.Judging;

/// <summary>Measures how long ago the model in use was registered: nightly training that fails in silence shows here.</summary>
internal sealed class ChampionAge : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly ModelRegistryReader _registry;
    private readonly TimeProvider _clock;
    private long _registeredAt;   // UTC ticks, 0: no model; one word, as scrapes read it while it is written.

    public ChampionAge(IMeterFactory meters, ModelRegistryReader registry, TimeProvider clock)
    {
        _registry = registry;
        _clock = clock;
        meters.Create("RateLimitSuite.DriftMonitor").CreateObservableGauge(
            "drift.champion_age",
            Measure,
            "s",
            "Since the model in use was registered; nothing where none is.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var champion = (await _registry.GetServedAsync(stoppingToken)).Champion;
                var record = champion is null ? null : await _registry.GetAsync(champion.Version, stoppingToken);
                Volatile.Write(ref _registeredAt, record?.CreatedAt.UtcTicks ?? 0);
            }
            catch (NpgsqlException)
            {
                // The last known model goes on getting older; the database's own health check says that it is away.
            }

            await Task.Delay(Pause, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Measurement<double>[] Measure() => Volatile.Read(ref _registeredAt) is var ticks and not 0
        ? [new((_clock.GetUtcNow() - new DateTimeOffset(ticks, TimeSpan.Zero)).TotalSeconds)]
        : [];
}
