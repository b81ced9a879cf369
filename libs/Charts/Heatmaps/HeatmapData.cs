namespace RateLimitSuite.Charts;

/// <summary>What a <see cref="HeatmapChart"/> shows.</summary>
/// <param name="Title">What a screen reader says first.</param>
/// <param name="Rows">Names, from the top.</param>
/// <param name="Columns">Names, from the left.</param>
/// <param name="Values">Row-major, rows × columns; not a number leaves a cell empty.</param>
public sealed record HeatmapData(string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<double> Values)
{
    /// <summary>Size of the value that has the full colour, such as 1 for a correlation; 0: the largest there is.</summary>
    public double Full { get; init; }
}
