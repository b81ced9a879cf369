using System.Globalization;
using RateLimitSuite.DriftMonitor.Alerts;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>One alert as sinks tell it.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Evidence">Features and requests behind it.</param>
/// <param name="Link">The dashboard, at this alert.</param>
internal sealed record Notification(AlertRecord Alert, AlertEvidence Evidence, Uri Link)
{
    /// <summary>One line.</summary>
    public string Title => $"[{Alert.Severity}] {Alert.Name}: {Alert.Detector}";

    /// <summary>All there is to say, a fact a line.</summary>
    public IReadOnlyList<string> Lines =>
    [
        Alert.Message,
        .. Alert.FollowedBy.Length > 0 ? [$"Done about it: {Alert.FollowedBy.TrimEnd('.')}."] : Array.Empty<string>(),
        $"Model: {(Alert.ModelVersion.Length > 0 ? Alert.ModelVersion : "none")}",
        $"Top contributing features: {(Evidence.Features.Count > 0 ? string.Join(", ", Evidence.Features.Select(Describe)) : "nothing was explained lately")}",
        $"Requests: {(Evidence.RequestIds.Count > 0 ? string.Join(", ", Evidence.RequestIds) : "none known")}",
        $"Dashboard: {Link}",
    ];

    private static string Describe(FeatureContribution feature) =>
        string.Create(CultureInfo.InvariantCulture, $"{feature.Feature} {feature.Mean:+0.###;-0.###;0} tokens/s (mean |φ| {feature.MeanAbs:0.###})");
}
