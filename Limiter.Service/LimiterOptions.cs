using System.ComponentModel.DataAnnotations;
using RateLimitSuite.Limiter.Leases;

namespace RateLimitSuite.Limiter;

/// <summary>Settings of the Limiter; section <c>Limiter</c>.</summary>
internal sealed record LimiterOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Limiter";

    /// <summary>Policy file; unset: the one in the box. Read again whenever it changes.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>Folder with rule files of Envoy's reference server, a domain each; unset: none. Read again whenever one changes.</summary>
    public string? EnvoyFolder { get; init; }

    /// <summary>How often the policy file is looked at. Default 1 s.</summary>
    public TimeSpan PolicyPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where token buckets live: <c>local</c>, or <c>postgres</c>, where replicas share them. Default local.</summary>
    public BucketStore BucketStore { get; init; } = BucketStore.Local;

    /// <summary>LightGBM text file of a model to serve without a registry; unset: the registry's.</summary>
    public string? ModelFile { get; init; }

    /// <summary>Folder for the last promoted model and the spool. Default: <c>ratelimitsuite/limiter</c> in the user's own data folder,
    /// which nobody else can write to.</summary>
    [Required] public string DataFolder { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "ratelimitsuite", "limiter");

    /// <summary>Most clients held at once. Default one million: about 160 MB.</summary>
    [Range(256, 200_000_000)] public int ClientsMax { get; init; } = 1_000_000;

    /// <summary>Decisions and outcomes that may wait to be published, each. Beyond it they are dropped and counted. Default 65,536.</summary>
    [Range(256, 16_777_216)] public int EventQueue { get; init; } = 65_536;

    /// <summary>Longest time that an event waits for others to share its record. Default 25 ms: at a million decisions a second, <see cref="EventQueue"/> has room for
    /// 65 ms of them.</summary>
    public TimeSpan EventLinger { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Most bytes of events on disk while Kafka is away. Default 256 MiB.</summary>
    [Range(0, 1L << 40)] public long SpoolBytes { get; init; } = 256L << 20;

    /// <summary>Decisions that may wait to be explained, throttled and allowed each. Default 8,192.</summary>
    [Range(16, 1_048_576)] public int ExplanationQueue { get; init; } = 8_192;

    /// <summary>Secret by which probes and dither are drawn; replicas with the same one draw alike. Unset: drawn anew at each start.</summary>
    public string? ExperimentKey { get; init; }

    /// <summary>Shortest time between two decisions in the log; 0: none is logged. Default 10 s.</summary>
    public TimeSpan DecisionLogInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to go on deciding after health says "not serving", before stopping. Default none; in a cluster, a probe's period and a half.</summary>
    public TimeSpan DrainTime { get; init; }

    /// <summary>Name of this replica in events. Default: the machine's name and the process id.</summary>
    [Required] public string Replica { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";
}
