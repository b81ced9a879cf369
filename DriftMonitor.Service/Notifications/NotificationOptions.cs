using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Who is told of alerts, and how often. Section <c>Notifications</c>. A sink without its address is off.</summary>
/// <remarks>Addresses with secrets in them, keys and passwords belong into user secrets or the environment, never into a file of the repository.</remarks>
internal sealed record NotificationOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Notifications";

    /// <summary>Where the dashboard is, for links. Default http://localhost:18888.</summary>
    [Required] public Uri DashboardUrl { get; init; } = new("http://localhost:18888");

    /// <summary>The least severity that is worth a message: info, warning or critical. Default warning.</summary>
    [RegularExpression("info|warning|critical")] public string MinimumSeverity { get; init; } = "warning";

    /// <summary>An alert of the same name, detector and model is not repeated within this time. Default 1 h.</summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Older alerts are history when they are found, and nobody is told. Default 1 h.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Attempts at one message before it is given up; each is a few tries within seconds. Default 8.</summary>
    [Range(1, 100)] public int MaxAttempts { get; init; } = 8;

    /// <summary>Pause after the first failed attempt; doubles up to 15 min. Default 10 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for one try. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often new alerts are looked for. Default 1 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Slack's incoming webhook, which is a secret itself. Unset: off.</summary>
    public Uri? SlackWebhookUrl { get; init; }

    /// <summary>Integration key of PagerDuty's Events API v2. Unset: off.</summary>
    public string? PagerDutyRoutingKey { get; init; }

    /// <summary>PagerDuty's Events API.</summary>
    [Required] public Uri PagerDutyUrl { get; init; } = new("https://events.pagerduty.com/v2/enqueue");

    /// <summary>Where alerts are posted as JSON. Unset: off.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>Signs the webhook's bodies by HMAC-SHA256. Unset: they are not signed.</summary>
    public string? WebhookSecret { get; init; }

    /// <summary>E-mail. Unset host: off.</summary>
    [Required] public EmailOptions Email { get; init; } = new();
}
