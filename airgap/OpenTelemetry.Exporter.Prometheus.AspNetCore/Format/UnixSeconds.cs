namespace OpenTelemetry.Exporter;

/// <summary>Writes times as seconds since 1970.</summary>
internal static class UnixSeconds
{
    public static string Of(DateTimeOffset time) =>
        NumberText.Shortest((time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond);
}
