using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace RateLimitSuite.Dashboard.Components;

/// <summary>Times as the pages write them: UTC, so that they agree with every log.</summary>
internal static class When
{
    /// <summary>Time of day.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Day and time.</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM HH:mm:ss", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Day(DateTimeOffset)"/>
    public static string Day(Timestamp? at) => at is null ? "" : Day(at.ToDateTimeOffset());

    /// <summary>RFC 3339, for links and files.</summary>
    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>The same to the second, for people to change.</summary>
    public static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long ago, in one unit.</summary>
    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalSeconds: < 90 } span => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, span.TotalSeconds):0} s ago"),
        { TotalMinutes: < 90 } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0} min ago"),
        { TotalHours: < 48 } span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0} h ago"),
        var span => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0} d ago"),
    };
}
