namespace Aspire.Npgsql;

/// <summary>How <c>AddNpgsqlDataSource</c> connects and what it adds beside the data source.</summary>
public sealed class NpgsqlSettings
{
    /// <summary>The connection string; needed when the data source is first resolved, not before.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>True to add no health check. Default false.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True to collect no spans of Npgsql. Default false.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>True to collect no metrics of Npgsql. Default false.</summary>
    public bool DisableMetrics { get; set; }
}
