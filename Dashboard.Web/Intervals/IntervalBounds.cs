using System.Globalization;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>Which intervals can be looked into.</summary>
internal static class IntervalBounds
{
    private const double LastUnixSecond = 253_402_300_800;   // the year 10000

    /// <summary>A time in RFC 3339, or in Unix seconds, which is what an alert's template can write; null: neither.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < LastUnixSecond)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    /// <summary>What is wrong with an interval, as a sentence; null: nothing.</summary>
    public static string? Check(DateTimeOffset? from, DateTimeOffset? to) => (from, to) switch
    {
        (null, _) => "from is missing; it must be a time such as 2026-03-01T12:00:00Z.",
        (_, null) => "to is missing; it must be a time such as 2026-03-01T12:00:00Z.",
        ({ } a, { } b) when a >= b => $"from is {a:O}, not before to ({b:O}).",
        ({ } a, { } b) when b - a > EvidenceReader.Longest => $"the interval is {(b - a).TotalDays:0.#} days long; it must be at most {EvidenceReader.Longest.TotalDays:0}.",
        _ => null,
    };

    /// <summary>The interval around something that happened: what led to it, and what came of it.</summary>
    public static (DateTimeOffset From, DateTimeOffset To) Around(DateTimeOffset at, TimeSpan detectorWindow)
    {
        var most = EvidenceReader.Longest / 2;
        var before = detectorWindow * 10;
        return (at - (before < most ? before : most), at + (detectorWindow * 3));
    }
}
