using System.Text.Json.Serialization;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>A message to a Slack channel by its incoming webhook.</summary>
internal sealed class SlackSink(Uri webhook, JsonPost post) : INotificationSink
{
    public string Name => "slack";

    public Task SendAsync(Notification notification, CancellationToken cancellationToken) =>
        post.SendAsync(webhook, new Message(notification.Title, [new(Escape(string.Join('\n', notification.Lines)))]), null, cancellationToken);

    // Slack's own three: a client's name must not become a link or a call to everyone.
    private static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private sealed record Message([property: JsonPropertyName("text")] string Text, [property: JsonPropertyName("attachments")] Attachment[] Attachments);

    private sealed record Attachment([property: JsonPropertyName("text")] string Text);
}
