using RateLimitSuite.Dashboard.Live;

namespace RateLimitSuite.Dashboard.Overview;

/// <summary>What happened when: alerts, models and trainings in one list.</summary>
public static class Timeline
{
    /// <summary>The newest entries, newest first.</summary>
    public static IReadOnlyList<TimelineEntry> Of(Snapshot snapshot, int most)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var alerts = snapshot.Drift.Value?.Alerts.Where(a => a.At is not null).Select(a => new TimelineEntry(
            a.At.ToDateTimeOffset(), "alert", $"{a.Severity}: {a.Name}", a.FollowedBy.Length > 0 ? $"{a.Message} → {a.FollowedBy}" : a.Message));
        var models = snapshot.Trainer.Value?.History.Where(h => h.At is not null).Select(h => new TimelineEntry(
            h.At.ToDateTimeOffset(), "model", $"{h.Event.Replace('_', ' ')} {h.Version}", h.Reason));
        var training = snapshot.Trainer.Value?.Status.Current is { At: not null } current
            ? new[] { new TimelineEntry(current.At.ToDateTimeOffset(), "training", $"training: {current.Step}", current.Message) }
            : [];
        return [.. (alerts ?? []).Concat(models ?? []).Concat(training).OrderByDescending(e => e.At).Take(most)];
    }
}
