namespace RateLimitSuite.Limiter;

/// <summary>Tells the metrics library every second how long calls took.</summary>
internal sealed class CallDurationsTeller(LimiterMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            metrics.TellDurations();
        }
    }
}
