using RateLimitSuite.Contracts;
using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>What is going on.</summary>
/// <param name="Replica">The Limiter that answered.</param>
/// <param name="ModelVersion">What it serves; empty: no model.</param>
/// <param name="DecisionsPerSecond">Last second.</param>
/// <param name="ThrottledPerSecond">Of these, throttled.</param>
/// <param name="Verdict">unknown, healthy, warning or drift.</param>
/// <param name="RelativeError">R, and what it is held against.</param>
/// <param name="ViolationRate">p, and what it is held against.</param>
/// <param name="LabelCoverage">Share of admissions whose outcome is known.</param>
/// <param name="TopClients">The heaviest.</param>
internal sealed record StatusDocument(
    string Replica, string ModelVersion, double DecisionsPerSecond, double ThrottledPerSecond, string Verdict,
    MeasureDocument? RelativeError, MeasureDocument? ViolationRate, double LabelCoverage, IReadOnlyList<ClientDocument> TopClients)
{
    public static StatusDocument Of(LimiterStatus limiter, DriftStatus drift) => new(
        limiter.Replica, limiter.Champion?.Version ?? "", limiter.DecisionsPerSecond, limiter.ThrottledPerSecond, drift.Verdict.Word(),
        MeasureDocument.Of(drift.Mae), MeasureDocument.Of(drift.ViolationRate), Finite(drift.LabelCoverage),
        [.. limiter.TopClients.Select(c => new ClientDocument(c.ClientId, c.RequestsPerSecond, c.RefillRate, c.Decisions, c.Throttled))]);

    // JSON knows no NaN.
    internal static double Finite(double value) => double.IsFinite(value) ? value : 0;
}
