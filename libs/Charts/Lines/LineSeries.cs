namespace RateLimitSuite.Charts;

/// <summary>One line of a <see cref="LineChart"/>.</summary>
/// <param name="Name">Stands in the legend.</param>
/// <param name="Points">In order of time.</param>
public sealed record LineSeries(string Name, IReadOnlyList<LinePoint> Points)
{
    /// <summary>Fills the area under the line.</summary>
    public bool Filled { get; init; }
}
