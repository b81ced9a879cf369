using System.Text.Json.Serialization;

namespace RateLimitSuite.Smoke;

/// <summary>What Traffic's <c>GET /status</c> says, as far as the smoke run reads it.</summary>
internal sealed record TrafficStatus
{
    [JsonPropertyName("sent")] public long Sent { get; init; }

    [JsonPropertyName("allowed")] public long Allowed { get; init; }

    [JsonPropertyName("throttled")] public long Throttled { get; init; }

    [JsonPropertyName("failed")] public long Failed { get; init; }

    /// <summary>Share of the run that is done; null: it runs for ever.</summary>
    [JsonPropertyName("fraction")] public double? Fraction { get; init; }

    /// <summary>requests/s the simulated backend can complete now.</summary>
    [JsonPropertyName("capacity")] public double Capacity { get; init; }

    /// <summary>Share of its full capacity that the simulated backend has now.</summary>
    [JsonPropertyName("capacity_factor")] public double CapacityFactor { get; init; } = 1;

    /// <summary>Decisions among the latest by model version.</summary>
    [JsonPropertyName("recent_model_versions")] public Dictionary<string, long> ModelVersions { get; init; } = [];

    /// <summary>Share of recent decisions under the default policy whose refill rate is the clamped prediction; null: none yet.</summary>
    [JsonPropertyName("refill_is_clamped_prediction")] public double? RefillIsClampedPrediction { get; init; }

    /// <summary>Share of the latest decisions made with this version.</summary>
    public double ShareOf(string version)
    {
        var all = ModelVersions.Values.Sum();
        return all == 0 ? 0 : (double)ModelVersions.GetValueOrDefault(version) / all;
    }
}
