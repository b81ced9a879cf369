using RateLimitSuite.Contracts.Events;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>What topic shap-values has lately held.</summary>
/// <param name="Received">Messages since the dashboard started.</param>
/// <param name="PerSecond">Messages a second, over the last seconds.</param>
/// <param name="Newest">Newest first.</param>
/// <param name="Minutes">Oldest first.</param>
/// <param name="Features">In the schema's order, over the recent samples of the newest mode.</param>
/// <param name="Samples">Number of those samples.</param>
public sealed record ShapView(
    long Received,
    double PerSecond,
    IReadOnlyList<ShapValues> Newest,
    IReadOnlyList<MagnitudeMinute> Minutes,
    IReadOnlyList<FeatureShare> Features,
    int Samples)
{
    /// <summary>Pearson's, F × F row-major, of feature values; not a number where a feature stands still.</summary>
    public IReadOnlyList<double> FeatureCorrelation => FeatureCorrelations.Value;

    /// <summary>The same of SHAP values.</summary>
    public IReadOnlyList<double> ShapCorrelation => ShapCorrelations.Value;

    /// <summary>Messages of those received that were counted only, as more came than could be read; figures are then over the rest.</summary>
    public long Skipped { get; init; }

    /// <summary>The newest of those samples, newest first.</summary>
    public IReadOnlyList<ShapValues> Recent { get; init; } = [];

    /// <summary>Clients that are throttled now, the most throttled first.</summary>
    public IReadOnlyList<ThrottledClient> Throttled { get; init; } = [];

    // Most pages show none, so they are computed for the first that does.
    internal Lazy<double[]> FeatureCorrelations { get; init; } = new([]);

    internal Lazy<double[]> ShapCorrelations { get; init; } = new([]);

    /// <summary>Before anything came.</summary>
    public static ShapView Empty { get; } = new(0, 0, [], [], [], 0);
}
