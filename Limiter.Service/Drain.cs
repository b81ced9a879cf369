using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace RateLimitSuite.Limiter;

/// <summary>Says "not serving" before the service stops, and goes on deciding meanwhile: balancers need a moment to look elsewhere.</summary>
internal sealed partial class Drain(IOptions<LimiterOptions> options, TimeProvider time, ILogger<Drain> logger) : IHealthCheck, IHostedLifecycleService
{
    private volatile bool _draining;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_draining ? HealthCheckResult.Unhealthy("The service is about to stop.") : HealthCheckResult.Healthy());

    /// <summary>Runs before any other service stops, Kestrel included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        if (options.Value.DrainTime > TimeSpan.Zero)
        {
            LogDraining(options.Value.DrainTime.TotalSeconds);
            await Task.Delay(options.Value.DrainTime, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Information, "Not serving from now on; stopping in {Seconds} s.")]
    private partial void LogDraining(double seconds);
}
