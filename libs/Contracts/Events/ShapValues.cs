using System.Text.Json.Serialization;

namespace RateLimitSuite.Contracts.Events;

/// <summary>One record of topic <see cref="Topics.ShapValues"/>: why a decision's prediction was what it was.</summary>
public sealed record ShapValues
{
    /// <summary>The decision's id.</summary>
    [JsonPropertyName("request_id")] public required string RequestId { get; init; }

    /// <summary>The decision's time, RFC 3339 UTC.</summary>
    [JsonPropertyName("timestamp")] public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Who is limited.</summary>
    [JsonPropertyName("client_id")] public required string ClientId { get; init; }

    /// <summary>/24 or /48; empty where not known.</summary>
    [JsonPropertyName("subnet")] public string Subnet { get; init; } = "";

    /// <summary>Whether the request went on.</summary>
    [JsonPropertyName("allowed")] public required bool Allowed { get; init; }

    /// <summary>bucket, parent, inflight, override or list.</summary>
    [JsonPropertyName("decided_by")] public required string DecidedBy { get; init; }

    /// <summary>within_limit, bucket_empty and so on.</summary>
    [JsonPropertyName("reason")] public required string Reason { get; init; }

    /// <summary>tokens/s, unclamped: <see cref="BaseValue"/> + Σ <see cref="Shap"/>.</summary>
    [JsonPropertyName("prediction")] public required double Prediction { get; init; }

    /// <summary>tokens/s in force.</summary>
    [JsonPropertyName("refill_rate")] public required double RefillRate { get; init; }

    /// <summary>tokens/s expected without features.</summary>
    [JsonPropertyName("base_value")] public required double BaseValue { get; init; }

    /// <summary>SHAP values, tokens/s, in feature order.</summary>
    [JsonPropertyName("shap")] public required double[] Shap { get; init; }

    /// <summary>The feature vector that the model saw.</summary>
    [JsonPropertyName("features")] public required double[] Features { get; init; }

    /// <summary>Names of the features, in order.</summary>
    [JsonPropertyName("feature_names")] public required IReadOnlyList<string> FeatureNames { get; init; }

    /// <summary>The model that predicted.</summary>
    [JsonPropertyName("model_version")] public required string ModelVersion { get; init; }

    /// <summary>Whether that model governed the client: model, canary; or only predicted: holdout, shadow, none (the first model before its canary).</summary>
    [JsonPropertyName("arm")] public string Arm { get; init; } = "model";

    /// <summary>path_dependent or interventional; series of the two are never mixed.</summary>
    [JsonPropertyName("mode")] public required string Mode { get; init; }

    /// <summary>The background that interventional SHAP averaged over; empty else. The base value moves when it does.</summary>
    [JsonPropertyName("background_id")] public string BackgroundId { get; init; } = "";

    /// <summary>Probability with which such a decision was explained, 0 &lt; p ≤ 1.</summary>
    [JsonPropertyName("sampled")] public double Sampled { get; init; } = 1;

    /// <summary>Σ|φ| / max(|base|, 1): how far from the ordinary this prediction was, without a unit.</summary>
    [JsonIgnore]
    public double Magnitude => Shap.Sum(Math.Abs) / Math.Max(Math.Abs(BaseValue), 1);
}
