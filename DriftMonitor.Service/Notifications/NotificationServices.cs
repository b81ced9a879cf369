using Microsoft.Extensions.Options;

namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Puts notifications together.</summary>
internal static class NotificationServices
{
    /// <summary>Adds the sinks that configuration names, and who feeds them.</summary>
    public static void AddNotifications(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSuiteOptions<NotificationOptions>(NotificationOptions.Section)
            .Validate(o => o.Email.Host is null || o.Email.To.Count > 0, "Notifications:Email:To must name a recipient where Notifications:Email:Host is set.")
            .Validate(o => o.DashboardUrl.IsAbsoluteUri, "Notifications:DashboardUrl must be an absolute address.")
            .Validate(o => o.FirstPause > TimeSpan.Zero && o.LookEvery > TimeSpan.Zero && o.Timeout > TimeSpan.Zero, "Notifications: times must be above zero.")
            .ValidateOnStart();
        services.AddSingleton<RecentAttributions>();
        services.AddSingleton<NotificationOutbox>();
        services.AddSingleton<NotificationMetrics>();
        services.AddSingleton<JsonPost>();
        services.AddSingleton<IReadOnlyList<INotificationSink>>(
            provider => Sinks(provider.GetRequiredService<IOptions<NotificationOptions>>().Value, provider));
        services.AddHostedService<NotificationDispatcher>();
    }

    private static INotificationSink[] Sinks(NotificationOptions options, IServiceProvider services)
    {
        var post = services.GetRequiredService<JsonPost>();
        return
        [
            .. options.SlackWebhookUrl is { } slack ? [new SlackSink(slack, post)] : Array.Empty<INotificationSink>(),
            .. options.PagerDutyRoutingKey is { Length: > 0 } key ? [new PagerDutySink(options.PagerDutyUrl, key, post)] : Array.Empty<INotificationSink>(),
            .. options.Email.Host is { Length: > 0 } ? [new EmailSink(options.Email)] : Array.Empty<INotificationSink>(),
            .. options.WebhookUrl is { } webhook
                ? [new WebhookSink(webhook, options.WebhookSecret, services.GetRequiredService<TimeProvider>(), post)]
                : Array.Empty<INotificationSink>(),
        ];
    }
}
