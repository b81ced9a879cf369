namespace RateLimitSuite.DriftMonitor.Notifications;

/// <summary>A receiver refused a message for good: trying again would change nothing.</summary>
internal sealed class SinkRefusedException(string message) : Exception(message);
