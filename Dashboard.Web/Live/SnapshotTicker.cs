using RateLimitSuite.ServiceDefaults;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>Pushes to the pages twice a second at most, however fast the suite is: faster nobody reads.</summary>
internal sealed class SnapshotTicker(SuiteState state, KafkaConsumerFactory broker, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (state.HasViewers)
            {
                state.BrokerProblem = broker.IsBrokerAway ? "The broker does not answer: no new explanations come until it does." : "";
                state.Publish();
            }
        }
    }
}
