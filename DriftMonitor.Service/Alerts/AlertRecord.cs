namespace RateLimitSuite.DriftMonitor.Alerts;

/// <summary>An alert as it is kept.</summary>
internal sealed record AlertRecord
{
    /// <summary>UUID.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it was raised.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>drift, label_starvation and so on.</summary>
    public required string Name { get; init; }

    /// <summary>info, warning or critical.</summary>
    public required string Severity { get; init; }

    /// <summary>In words.</summary>
    public required string Message { get; init; }

    /// <summary>The detector that spoke.</summary>
    public required string Detector { get; init; }

    /// <summary>What it measured.</summary>
    public required double Value { get; init; }

    /// <summary>What it held that against.</summary>
    public required double Limit { get; init; }

    /// <summary>Observations behind it.</summary>
    public required long Count { get; init; }

    /// <summary>The model served meanwhile; empty: none.</summary>
    public required string ModelVersion { get; init; }

    /// <summary>What was done about it.</summary>
    public string FollowedBy { get; init; } = "";

    /// <summary>Requests that show it.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];
}
