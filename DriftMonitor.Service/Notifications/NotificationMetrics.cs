using System.Diagnostics.Metrics;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>What became of messages.</summary>
internal sealed class NotificationMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _attempts =
        meters.Create("RateLimitSuite.DriftMonitor").CreateCounter<long>("drift.notifications", "{attempt}", "Attempts to tell somebody of an alert, by sink and result.");

    public void Count(string sink, string result) => _attempts.Add(
        1, new KeyValuePair<string, object?>("sink", sink), new KeyValuePair<string, object?>("result", result));
}
