using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.DriftMonitor;

/// <summary>How the service reads, bounds and keeps. Section <c>DriftMonitor</c>.</summary>
internal sealed record DriftMonitorOptions
{
    /// <summary>The configuration section that holds it.</summary>
    public const string Section = "DriftMonitor";

    /// <summary>Consumer group. Default drift-monitor.</summary>
    [Required] public string GroupId { get; init; } = "drift-monitor";

    /// <summary>Longest time between two checkpoints of open windows. Default 5 s.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Shortest time between two writes of labelled windows. Default 250 ms.</summary>
    public TimeSpan WriteEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A partition without a record for this long, while others have some, is taken to have none on its way. Default 3 s.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Rows older than this are dropped, a day at a time. Default 14 days; training reads 7.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Decisions in unlabelled windows of one partition; more are dropped and counted. Default 1,000,000.</summary>
    [Range(1000, 100_000_000)] public int MaxOpenDecisions { get; init; } = 1_000_000;

    /// <summary>Outcomes that wait for their decision in one partition. Default 100,000.</summary>
    [Range(100, 10_000_000)] public int MaxEarlyOutcomes { get; init; } = 100_000;

    /// <summary>Latency that backends are to keep. Default 250 ms.</summary>
    public TimeSpan Slo { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Greatest refill rate that a contract allows, tokens/s. Default 1000.</summary>
    [Range(0.001, 1e9)] public double GreatestRate { get; init; } = 1000;
}
