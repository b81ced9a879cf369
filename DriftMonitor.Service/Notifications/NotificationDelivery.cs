namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>One message that is to go out now, held by this process for a while.</summary>
/// <param name="Sink">To whom.</param>
/// <param name="Attempts">Attempts so far, this one included.</param>
/// <param name="Notification">What.</param>
internal sealed record NotificationDelivery(string Sink, int Attempts, Notification Notification);
