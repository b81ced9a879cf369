using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Pushes to the pages four times a second at most, however fast the suite is: faster nobody reads.</summary>
/// <remarks>Many viewers get half of that, as each page is compared and sent by itself and the cores are the suite's too.</remarks>
internal sealed class SnapshotTicker(SuiteState state, KafkaConsumerFactory broker, TimeProvider time) : BackgroundService
{
    private const int FewViewers = 20;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether a tick pushes.</summary>
    internal static bool IsDue(int tick, int viewers) => viewers > 0 && (viewers <= FewViewers || tick % 2 == 0);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        for (var tick = 0; await timer.WaitForNextTickAsync(stoppingToken); tick++)
        {
            if (IsDue(tick, state.Viewers))
            {
                state.BrokerProblem = broker.IsBrokerAway ? "The broker does not answer: no new explanations come until it does." : "";
                state.Publish();
            }
        }
    }
}
