namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>Somebody who is told of alerts.</summary>
internal interface INotificationSink
{
    /// <summary>The name under which deliveries are kept: it must not change.</summary>
    string Name { get; }

    /// <summary>Tries once. Sending again what a crash left in doubt carries the same identity, so that receivers which can will drop it.</summary>
    /// <exception cref="SinkRefusedException">It will never be taken.</exception>
    /// <exception cref="Exception">It may be taken later.</exception>
    Task SendAsync(Notification notification, CancellationToken cancellationToken);
}
