using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;

namespace RateLimitSuite.ServiceDefaults;

/// <summary>Keeps the spans of probes and scrapes from being exported: they come every few seconds and say nothing.</summary>
internal sealed class ProbeSpanFilter : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is Extensions.HealthPath or Extensions.AlivePath or Extensions.MetricsPath)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
