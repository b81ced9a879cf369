namespace RateLimitSuite.Charts;

/// <summary>Where everything of a line chart lies.</summary>
internal sealed record LineLayout(PlotArea Plot, NumberAxis Axis, DateTimeOffset From, DateTimeOffset To, LinearScale X, LinearScale Y)
{
    public bool Holds(DateTimeOffset at) => at >= From && at <= To;
}
