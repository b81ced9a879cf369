namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>Which intervals can be looked into.</summary>
internal static class IntervalBounds
{
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
