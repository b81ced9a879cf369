using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Asks a running resource's health checks: often until they pass, then now and then.</summary>
internal sealed class HealthMonitor(
    HealthCheckService checks, ResourceNotificationService notifications, ResourceConsole console, TimeProvider time)
{
    private static readonly TimeSpan UntilHealthy = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    /// <summary>Watches until cancelled.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="resourceId">The process.</param>
    /// <param name="onFirstHealthy">Called once, before others see that the resource is healthy.</param>
    /// <param name="cancellationToken">Ends the watch, as the process's end does.</param>
    public async Task RunAsync(IResource resource, string resourceId, Func<Task> onFirstHealthy, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(a => a.Key).ToHashSet();
        var status = HealthStatus.Unhealthy;
        var wasHealthy = false;
        while (true)
        {
            var report = keys.Count == 0 ? null : await checks.CheckHealthAsync(r => keys.Contains(r.Name), cancellationToken);
            var now = report?.Status ?? HealthStatus.Healthy;
            if (now != status)
            {
                if (now == HealthStatus.Healthy && !wasHealthy)
                {
                    wasHealthy = true;
                    await onFirstHealthy();
                }
                else
                {
                    console.Say($"{resourceId} is {now}{Reason(report)}");
                }

                status = now;
                await notifications.PublishUpdateAsync(resource, resourceId, s => s with { HealthStatus = now });
            }

            if (keys.Count == 0)
            {
                return;
            }

            await Task.Delay(status == HealthStatus.Healthy ? WhileHealthy : UntilHealthy, time, cancellationToken);
        }
    }

    private static string Reason(HealthReport? report) =>
        report?.Entries.Values.FirstOrDefault(e => e.Status != HealthStatus.Healthy).Description is { } reason ? $": {reason}" : "";
}
