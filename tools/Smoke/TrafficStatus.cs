using System.Text.Json.Serialization;

namespace RateLimitSuite.Smoke;

/// <summary>What Traffic's <c>GET /status</c> says, as far as the smoke run reads it.</summary>
internal sealed record TrafficStatus
{
    [JsonPropertyName("sent")] public long Sent { get; init; }

    [JsonPropertyName("allowed")] public long Allowed { get; init; }

    [JsonPropertyName("throttled")] public long Throttled { get; init; }

    [JsonPropertyName("failed")] public long Failed { get; init; }

    [JsonPropertyName("fraction")] public double Fraction { get; init; }

    /// <summary>requests/s the simulated backend can do now.</summary>
    [JsonPropertyName("capacity")] public double Capacity { get; init; }

    /// <summary>When the capacity was cut; null: not yet.</summary>
    [JsonPropertyName("cut_at")] public DateTimeOffset? CutAt { get; init; }

    /// <summary>Decisions among the latest by model version.</summary>
    [JsonPropertyName("model_versions")] public Dictionary<string, long> ModelVersions { get; init; } = [];

    /// <summary>Share of the latest decisions made with this version.</summary>
    public double ShareOf(string version)
    {
        var all = ModelVersions.Values.Sum();
        return all == 0 ? 0 : (double)ModelVersions.GetValueOrDefault(version) / all;
    }
}
