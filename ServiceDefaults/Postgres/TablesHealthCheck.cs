using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Unhealthy until the service's tables are there: whoever waits for the service does not meet one without them.</summary>
internal sealed class TablesHealthCheck(SuiteDatabase database) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        database.Ready.IsCompletedSuccessfully ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The database's tables are not ready."));
}
