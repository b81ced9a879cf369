using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.Client;

/// <summary>Settings of <see cref="IRateLimitClient"/>; section <c>RateLimitSuite</c>.</summary>
public sealed class RateLimitClientOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "RateLimitSuite";

    /// <summary>The Limiter's gRPC address. Default <c>http://localhost:50051</c>.</summary>
    [Required] public Uri Address { get; set; } = new("http://localhost:50051");

    /// <summary>The data-plane key, which the Limiter asks for on any address but loopback; null: none.</summary>
    public string? Key { get; set; }

    /// <summary>Domain of requests that name none; empty: <c>default</c>.</summary>
    public string Domain { get; set; } = "";

    /// <summary>Longest time that a request waits for its decision; then <see cref="WhenAway"/> decides. Default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")] public TimeSpan Deadline { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What decides while the Limiter cannot. Default <see cref="FallbackMode.LocalBucket"/>.</summary>
    [EnumDataType(typeof(FallbackMode))] public FallbackMode WhenAway { get; set; } = FallbackMode.LocalBucket;

    /// <summary>Refill rate of a local bucket, tokens/s for each client. Default 10.</summary>
    [Range(1, 1_000_000)] public int FallbackRate { get; set; } = 10;

    /// <summary>Capacity of a local bucket, tokens. Default 20.</summary>
    [Range(1, 1_000_000)] public int FallbackBurst { get; set; } = 20;

    /// <summary>Most local buckets held at once; further clients share one. Default 100,000.</summary>
    [Range(1, 10_000_000)] public int FallbackClientsMax { get; set; } = 100_000;

    /// <summary>Most requests in one message to the Limiter. Default 64.</summary>
    [Range(1, 256)] public int BatchLimit { get; set; } = 64;

    /// <summary>Requests that may wait to be sent; beyond it <see cref="WhenAway"/> decides at once. Default 10,000.</summary>
    [Range(1, 1_000_000)] public int QueueLimit { get; set; } = 10_000;

    /// <summary>Outcomes that may wait to be reported; beyond it they are dropped and counted. Default 65,536.</summary>
    [Range(1, 10_000_000)] public int OutcomeQueueLimit { get; set; } = 65_536;

    /// <summary>Longest time that an outcome waits for others to share its report. Default 200 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:01")] public TimeSpan OutcomeLinger { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the Limiter is left alone after half of the calls failed. Default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.5", "00:01:00")] public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(2);
}
