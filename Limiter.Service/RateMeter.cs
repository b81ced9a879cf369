namespace RateLimitSuite.Limiter;

/// <summary>Decisions per second, over the last whole second.</summary>
internal sealed class RateMeter(LimiterMetrics metrics, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public double DecisionsPerSecond { get; private set; }

    public double ThrottledPerSecond { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var (decisions, throttled, at) = (metrics.Decisions, metrics.Throttled, time.GetTimestamp());
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var seconds = time.GetElapsedTime(at).TotalSeconds;
            at = time.GetTimestamp();
            DecisionsPerSecond = (metrics.Decisions - decisions) / seconds;
            ThrottledPerSecond = (metrics.Throttled - throttled) / seconds;
            (decisions, throttled) = (metrics.Decisions, metrics.Throttled);
        }
    }
}
