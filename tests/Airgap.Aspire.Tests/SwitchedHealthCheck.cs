using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RateLimitSuite.Airgap.Aspire.Tests;

/// <summary>A health check in the test's hand.</summary>
internal sealed class SwitchedHealthCheck : IHealthCheck
{
    private volatile bool _healthy;

    public void Heal() => _healthy = true;

    public void AddTo<T>(IResourceBuilder<T> resource)
        where T : IResource
    {
        var key = $"{resource.Resource.Name}_switch";
        resource.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, this);
        resource.WithHealthCheck(key);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("switched off"));
}
