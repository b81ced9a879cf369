using System.Text.Json.Serialization;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>An event of PagerDuty's Events API v2. Its <c>dedup_key</c> is the alert's id, so PagerDuty itself drops a second one.</summary>
internal sealed class PagerDutySink(Uri address, string routingKey, JsonPost post) : INotificationSink
{
    private const int LongestSummary = 1024;   // as PagerDuty documents it

    public string Name => "pagerduty";

    public Task SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        var alert = notification.Alert;
        var summary = $"{notification.Title}: {alert.Message}";
        return post.SendAsync(
            address,
            new Event(
                routingKey, "trigger", alert.Id.ToString(),
                new(summary[..Math.Min(LongestSummary, summary.Length)], "ratelimitsuite", alert.Severity, alert.At.UtcDateTime, alert.Detector,
                    new { lines = notification.Lines, features = notification.Evidence.Features, request_ids = notification.Evidence.RequestIds }),
                [new(notification.Link, "Dashboard")]),
            null,
            cancellationToken);
    }

    private sealed record Event(
        [property: JsonPropertyName("routing_key")] string RoutingKey,
        [property: JsonPropertyName("event_action")] string Action,
        [property: JsonPropertyName("dedup_key")] string DedupKey,
        [property: JsonPropertyName("payload")] Payload Payload,
        [property: JsonPropertyName("links")] Link[] Links);

    private sealed record Payload(
        [property: JsonPropertyName("summary")] string Summary,
        [property: JsonPropertyName("source")] string Source,
        [property: JsonPropertyName("severity")] string Severity,
        [property: JsonPropertyName("timestamp")] DateTime Timestamp,
        [property: JsonPropertyName("component")] string Component,
        [property: JsonPropertyName("custom_details")] object Details);

    private sealed record Link([property: JsonPropertyName("href")] Uri Address, [property: JsonPropertyName("text")] string Text);
}
