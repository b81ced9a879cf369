namespace RateLimitSuite.Limiter;

/// <summary>Tells the metrics library how long calls took: often, so that it is not thousands of calls at once that others would wait for.</summary>
internal sealed class CallDurationsTeller(LimiterMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

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
