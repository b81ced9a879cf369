namespace OpenTelemetry.Exporter;

/// <summary>What was collected, and when; no text where collecting failed.</summary>
internal sealed record Scrape(byte[]? Text, DateTimeOffset At, long Timestamp);
