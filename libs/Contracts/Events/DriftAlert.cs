using System.Text.Json.Serialization;

namespace RateLimitSuite.Contracts.Events;

/// <summary>One record of topic <see cref="Topics.DriftAlerts"/>.</summary>
public sealed record DriftAlert
{
    /// <summary>UUID.</summary>
    [JsonPropertyName("id")] public required string Id { get; init; }

    /// <summary>RFC 3339 UTC.</summary>
    [JsonPropertyName("timestamp")] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>drift, label_starvation and so on.</summary>
    [JsonPropertyName("name")] public required string Name { get; init; }

    /// <summary>info, warning or critical.</summary>
    [JsonPropertyName("severity")] public required string Severity { get; init; }

    /// <summary>The detector that spoke.</summary>
    [JsonPropertyName("detector")] public required string Detector { get; init; }

    /// <summary>What it measured.</summary>
    [JsonPropertyName("value")] public required double Value { get; init; }

    /// <summary>What that is held against.</summary>
    [JsonPropertyName("limit")] public required double Limit { get; init; }

    /// <summary>Observations behind it.</summary>
    [JsonPropertyName("n")] public required long Count { get; init; }

    /// <summary>The model served meanwhile; empty: none.</summary>
    [JsonPropertyName("model_version")] public string ModelVersion { get; init; } = "";

    /// <summary>In words.</summary>
    [JsonPropertyName("message")] public required string Message { get; init; }
}
