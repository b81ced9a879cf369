using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Intervals;

/// <summary>What is known of an interval.</summary>
/// <param name="From">Its start.</param>
/// <param name="To">Its end, exclusive.</param>
public sealed record Evidence(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Closed detector windows, oldest first.</summary>
    public IReadOnlyList<SeriesPoint> Series { get; init; } = [];

    /// <summary>What measures are held against now.</summary>
    public DriftStatus? Status { get; init; }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Alert> Alerts { get; init; } = [];

    /// <summary>Who served what when, newest first.</summary>
    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>Explanations spread over the interval, of one model in one mode, oldest first.</summary>
    public IReadOnlyList<Explanation> Explanations { get; init; } = [];

    /// <summary>Explanations that were left out because another model or mode made them.</summary>
    public int OfOtherModels { get; init; }

    /// <summary>Mean φ by subnet over the whole interval, the busiest first.</summary>
    public IReadOnlyList<SubnetMean> Subnets { get; init; } = [];

    /// <summary>Which parts are missing and why, as sentences.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Names of the features, in order; none without explanations.</summary>
    public IReadOnlyList<string> Features => Explanations.Count > 0 ? Explanations[0].FeatureNames : [];

    /// <summary>Requests to look at first: throttled ones, then those whose reasons were strongest.</summary>
    public IEnumerable<Explanation> Telling => Explanations.OrderBy(e => e.Allowed).ThenByDescending(e => e.Shap.Sum(Math.Abs));
}
