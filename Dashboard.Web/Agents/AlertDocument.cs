using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Dashboard.Agents;

/// <summary>One alert.</summary>
internal sealed record AlertDocument(
    string Id, DateTimeOffset At, string Name, string Severity, string Message, string Detector, double Value, double Limit,
    string ModelVersion, string FollowedBy, IReadOnlyList<string> RequestIds)
{
    public static AlertDocument Of(Alert alert) => new(
        alert.Id, alert.At.ToDateTimeOffset(), alert.Name, alert.Severity, alert.Message, alert.Detector, alert.Value, alert.Limit,
        alert.ModelVersion, alert.FollowedBy, [.. alert.RequestIds]);
}
