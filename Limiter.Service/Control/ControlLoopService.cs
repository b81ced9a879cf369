using RateLimitSuite.Limiter.Policies;

namespace RateLimitSuite.Limiter.Control;

/// <summary>Turns the control loop by the clock.</summary>
internal sealed partial class ControlLoopService(ControlLoop loop, LimiterClock clock, TimeProvider time, ILogger<ControlLoopService> logger)
    : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        loop.AutoChanged = Say;
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

    private void Say(Policy policy)
    {
        var (state, last) = (policy.Auto!.State, policy.Auto.Last);
        if (state == AutoState.Shadow)
        {
            LogWithdrawn(policy.Name, last.GovernedLoss, last.Governed, last.OthersLoss, last.Others, last.PValue);
        }
        else
        {
            LogAuto(policy.Name, state);
        }
    }

    [LoggerMessage(LogLevel.Error, "One control tick failed; rates stay until the next.")]
    private partial void LogFault(Exception fault);

    [LoggerMessage(LogLevel.Warning, "The model of policy {Policy} does worse than none and only predicts from now on: {GovernedLoss:P1} of what {Governed} governed "
        + "clients asked for was wrongly throttled, late or failed, and {OthersLoss:P1} of what {Others} others did (p = {PValue}).")]
    private partial void LogWithdrawn(string policy, double governedLoss, int governed, double othersLoss, int others, double pValue);

    [LoggerMessage(LogLevel.Information, "The model of policy {Policy} is {State}.")]
    private partial void LogAuto(string policy, AutoState state);
}
