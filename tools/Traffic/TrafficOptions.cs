using System.ComponentModel.DataAnnotations;

namespace RateLimitSuite.Traffic;

/// <summary>Settings of the traffic tool; section <c>Traffic</c>.</summary>
internal sealed record TrafficOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Traffic";

    /// <summary>False: the tool only answers its endpoints. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Access log (common or combined) or event CSV, plain or gzip; unset: traffic is made.</summary>
    public string? Log { get; init; }

    /// <summary>Factor on the log's pace. Default 10.</summary>
    [Range(0.01, 10_000)] public double Speed { get; init; } = 10;

    /// <summary>Copies of the log laid over each other, clients renamed and times shifted; 0: as many as bring at least <see cref="Rate"/>.</summary>
    [Range(0, 1_000)] public int Copies { get; init; }

    /// <summary>Whether a log starts again at its end. Default true.</summary>
    public bool Loop { get; init; } = true;

    /// <summary>Mean requests/s: of made traffic, and the least that automatic copies bring. Default 150.</summary>
    [Range(0.1, 100_000)] public double Rate { get; init; } = 150;

    /// <summary>Clients of made traffic. Default 200.</summary>
    [Range(1, 1_000_000)] public int Clients { get; init; } = 200;

    /// <summary>Capacity of the simulated backend, as a factor of the mean load. Default 1.5.</summary>
    [Range(0.01, 1_000)] public double CapacityFactor { get; init; } = 1.5;

    /// <summary>Capacity from <see cref="CutAt"/> on, as a factor of the mean load. Default 0.7.</summary>
    [Range(0.01, 100)] public double CutFactor { get; init; } = 0.7;

    /// <summary>Share of <see cref="Duration"/> after which capacity is cut, 0..1. Default 0.4. Without a duration: never.</summary>
    [Range(0, 1)] public double CutAt { get; init; } = 0.4;

    /// <summary>How long to run; zero: for ever.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>With made traffic and no duration, capacity alternates between full and cut this often, so that drift is to be seen;
    /// zero: never. Default 6 min.</summary>
    public TimeSpan AlternateEvery { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>Seed of everything random. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Limiter's gRPC address, found by service discovery. Default <c>http://_grpc.limiter</c>.</summary>
    [Required] public string Limiter { get; init; } = "http://_grpc.limiter";

    /// <summary>Domain of the requests. Default <c>demo</c>.</summary>
    [Required] public string Domain { get; init; } = "demo";

    /// <summary>Every so many requests one is also looked at under the default policy; 0: never. Default 20.</summary>
    [Range(0, 1_000_000)] public int CheckEvery { get; init; } = 20;

    /// <summary>Servers of the simulated backend. Default 8.</summary>
    [Range(1, 10_000)] public int Servers { get; init; } = 8;

    /// <summary>Time after which the caller of the simulated backend gives up. Default 1 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often outcomes are reported. Default 200 ms.</summary>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromMilliseconds(200);
}
