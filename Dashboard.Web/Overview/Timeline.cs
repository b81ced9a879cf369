using RateLimitSuite.Contracts.V1;
using RateLimitSuite.Dashboard.Intervals;
using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Overview;

/// <summary>What happened when: alerts, models and trainings in one list.</summary>
public static class Timeline
{
    /// <summary>The newest entries, newest first.</summary>
    public static IReadOnlyList<TimelineEntry> Of(Snapshot snapshot, int most)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var alerts = Alerts(snapshot.Drift.Value?.Alerts ?? []);
        var models = Models(snapshot.Trainer.Value?.History ?? []);
        var training = snapshot.Trainer.Value?.Status.Current is { At: not null } current
            ? new[] { new TimelineEntry(current.At.ToDateTimeOffset(), "training", $"training: {current.Step}", current.Message) }
            : [];
        return [.. alerts.Concat(models).Concat(training).OrderByDescending(e => e.At).Take(most)];
    }

    /// <summary>What is known of an interval, newest first.</summary>
    public static IReadOnlyList<TimelineEntry> Of(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return [.. Alerts(evidence.Alerts).Concat(Models(evidence.History)).OrderByDescending(e => e.At)];
    }

    private static IEnumerable<TimelineEntry> Alerts(IEnumerable<Alert> alerts) => alerts.Where(a => a.At is not null).Select(a => new TimelineEntry(
        a.At.ToDateTimeOffset(), "alert", $"{a.Severity}: {a.Name.Replace('_', ' ')}", a.FollowedBy.Length > 0 ? $"{a.Message} → {a.FollowedBy}" : a.Message));

    private static IEnumerable<TimelineEntry> Models(IEnumerable<HistoryEntry> history) => history.Where(h => h.At is not null).Select(h => new TimelineEntry(
        h.At.ToDateTimeOffset(), "model", $"{h.Event.Replace('_', ' ')} {h.Version}", h.Reason));
}
