using System.Text.Json.Serialization;

namespace RateLimitSuite.Contracts.Events;

/// <summary>One record of topic <see cref="Topics.ModelEvents"/>: something changed in the registry, look there.</summary>
public sealed record ModelEvent
{
    /// <summary>registered, rejected, shadow, canary, promoted, rolled_back or quarantined.</summary>
    [JsonPropertyName("event")] public required string Event { get; init; }

    /// <summary>The model it is about.</summary>
    [JsonPropertyName("model_version")] public required string ModelVersion { get; init; }

    /// <summary>SHA-256 of the model's text, hexadecimal.</summary>
    [JsonPropertyName("sha256")] public required string Sha256 { get; init; }

    /// <summary>Hash of the feature schema it was trained with.</summary>
    [JsonPropertyName("schema_hash")] public required string SchemaHash { get; init; }

    /// <summary>Share of clients it governs from now on, 0..1.</summary>
    [JsonPropertyName("share")] public double Share { get; init; }

    /// <summary>The champion that it follows; empty: none.</summary>
    [JsonPropertyName("previous_version")] public string PreviousVersion { get; init; } = "";

    /// <summary>Why, in words.</summary>
    [JsonPropertyName("reason")] public string Reason { get; init; } = "";

    /// <summary>RFC 3339 UTC.</summary>
    [JsonPropertyName("timestamp")] public required DateTimeOffset Timestamp { get; init; }
}
