using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Live;

/// <summary>What the drift monitor says.</summary>
/// <param name="Status">Its present measures.</param>
/// <param name="Series">Closed detector windows, oldest first.</param>
/// <param name="Alerts">Newest first.</param>
public sealed record DriftView(DriftStatus Status, IReadOnlyList<SeriesPoint> Series, IReadOnlyList<Alert> Alerts);
