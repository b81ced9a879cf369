namespace RateLimitSuite.Limiter.Control;

/// <summary>Turns the control loop by the clock.</summary>
internal sealed partial class ControlLoopService(ControlLoop loop, LimiterClock clock, TimeProvider time, ILogger<ControlLoopService> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(ControlLoop.Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                loop.Tick(clock.Now);
            }
            catch (Exception fault)
            {
                // A loop that stopped would freeze every rate; a bug in one tick must not.
                LogFault(fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "One control tick failed; rates stay until the next.")]
    private partial void LogFault(Exception fault);
}
