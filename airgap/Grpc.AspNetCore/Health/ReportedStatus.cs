using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>The status that health check results give a service.</summary>
internal static class ReportedStatus
{
    /// <summary>Not serving with any unhealthy check, serving otherwise; unknown where no check counts.</summary>
    public static ServingStatus Of(ServiceMapping mapping, HealthReport report)
    {
        var results = report.Entries.Where(entry => mapping.Takes(entry.Key, entry.Value.Tags)).Select(entry => entry.Value.Status).ToList();
        return results.Count == 0 ? ServingStatus.Unknown
            : results.Contains(HealthStatus.Unhealthy) ? ServingStatus.NotServing
            : ServingStatus.Serving;
    }
}
