namespace RateLimitSuite.Charts;

/// <summary>What a <see cref="LineChart"/> shows.</summary>
/// <param name="Title">What a screen reader says first.</param>
/// <param name="Series">The lines.</param>
public sealed record LineChartData(string Title, IReadOnlyList<LineSeries> Series)
{
    /// <summary>Unit of the values, beside the newest one; empty: none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Levels that values are held against.</summary>
    public IReadOnlyList<LimitLine> Limits { get; init; } = [];

    /// <summary>What happened when.</summary>
    public IReadOnlyList<TimeMark> Marks { get; init; } = [];

    /// <summary>Points to mark as spikes; each is drawn where it lies, whatever series it is from.</summary>
    public IReadOnlyList<LinePoint> Spikes { get; init; } = [];

    /// <summary>Start of the time axis; null: the first point.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of the time axis; null: the last point.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The value axis reaches at least up to here.</summary>
    public double AtLeast { get; init; }

    /// <summary>Whether values are shares of one, shown as per cent.</summary>
    public bool Percent { get; init; }
}
