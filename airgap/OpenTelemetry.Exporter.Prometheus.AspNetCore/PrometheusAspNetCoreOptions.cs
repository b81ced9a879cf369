namespace OpenTelemetry.Exporter;

/// <summary>What a scrape answers, and where.</summary>
public class PrometheusAspNetCoreOptions
{
    internal const string DefaultScrapeEndpointPath = "/metrics";

    /// <summary>Path of the endpoint where the mapping names none. Default <c>/metrics</c>.</summary>
    public string? ScrapeEndpointPath { get; set; } = DefaultScrapeEndpointPath;

    /// <summary>For how long a scrape gets what the one before it collected, in milliseconds. Default 300; 0 collects every time.</summary>
    public int ScrapeResponseCacheDurationMilliseconds { get; set; } = 300;

    /// <summary>True to leave counters without <c>_total</c> in the Prometheus text format. Default false.</summary>
    public bool DisableTotalNameSuffixForCounters { get; set; }

    /// <summary>Whether each series names its meter, in labels <c>otel_scope_…</c>. Default true.</summary>
    public bool ScopeInfoEnabled { get; set; } = true;

    /// <summary>Whether the resource's attributes are written as <c>target_info</c>. Default true.</summary>
    public bool TargetInfoEnabled { get; set; } = true;

    /// <summary>Chooses resource attributes to write as labels of every series. Default none.</summary>
    public Func<string, bool>? ResourceConstantLabels { get; set; }

    /// <summary>Largest answer in bytes; a larger one fails with 500. Default 174,080,000.</summary>
    public int MaxScrapeResponseSizeBytes { get; set; } = 85_000 * 2_048;
}
