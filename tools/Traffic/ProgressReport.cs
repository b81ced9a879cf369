namespace RateLimitSuite.Traffic;

/// <summary>Answer of <c>GET /status</c>.</summary>
/// <param name="State">idle, connecting, running, done or failed.</param>
/// <param name="Problem">Why it failed or waits; empty: nothing is wrong.</param>
/// <param name="Elapsed">Seconds of the run.</param>
/// <param name="Fraction">Of the duration, 0..1; null: it runs for ever.</param>
/// <param name="Capacity">Requests/s that the simulated backend can complete now.</param>
/// <param name="CapacityFactor">Of its full capacity.</param>
/// <param name="Load">Requests/s offered over the last seconds.</param>
/// <param name="Source">What is replayed or made, and how events of one second are spread.</param>
/// <param name="Sent">Requests sent.</param>
/// <param name="Allowed">Of these.</param>
/// <param name="Throttled">Of these.</param>
/// <param name="Failed">Without a decision.</param>
/// <param name="Outcomes">What became of the allowed ones, by class.</param>
/// <param name="RecentDecisions">How many decisions <see cref="RecentModelVersions"/> counts.</param>
/// <param name="RecentModelVersions">Decisions by model version, over the last 2,000.</param>
/// <param name="Checks">Recent decisions under the default policy that had a prediction.</param>
/// <param name="RefillIsClampedPrediction">Share of these whose refill rate is the clamped prediction; null: none yet.</param>
/// <param name="BadLines">Lines of the log that could not be read.</param>
/// <param name="Faults">The first of them.</param>
internal sealed record ProgressReport(
    string State,
    string Problem,
    double Elapsed,
    double? Fraction,
    double Capacity,
    double CapacityFactor,
    double Load,
    string Source,
    long Sent,
    long Allowed,
    long Throttled,
    long Failed,
    IReadOnlyDictionary<string, long> Outcomes,
    int RecentDecisions,
    IReadOnlyDictionary<string, int> RecentModelVersions,
    int Checks,
    double? RefillIsClampedPrediction,
    long BadLines,
    IReadOnlyList<string> Faults);
