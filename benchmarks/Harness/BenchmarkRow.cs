using System.Text.Json.Serialization;

namespace RateLimitSuite.Benchmarks.Harness;

/// <summary>One line of the result: our figure beside a peer's, from the same run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Our figure: a median, unless the conditions tell another.</param>
/// <param name="Peer">The peer's figure, likewise; null where there is no peer.</param>
/// <param name="PeerName">Who the peer is.</param>
/// <param name="Ratio">How many times better ours is; over 1 is better.</param>
/// <param name="Unit">Unit of both figures.</param>
/// <param name="Conditions">What the figures hold for.</param>
internal sealed record BenchmarkRow(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("ours")] double Ours,
    [property: JsonPropertyName("peer")] double? Peer,
    [property: JsonPropertyName("peer_name")] string? PeerName,
    [property: JsonPropertyName("ratio")] double? Ratio,
    [property: JsonPropertyName("unit")] string Unit,
    [property: JsonPropertyName("conditions")] string Conditions)
{
    /// <summary>Our best sample; null where no distribution was taken.</summary>
    [JsonPropertyName("ours_best")]
    public double? OursBest { get; init; }

    /// <summary>The peer's best sample.</summary>
    [JsonPropertyName("peer_best")]
    public double? PeerBest { get; init; }

    /// <summary>99th percentile of our samples; null where no distribution was taken.</summary>
    [JsonPropertyName("ours_p99")]
    public double? OursP99 { get; init; }

    /// <summary>99th percentile of the peer's samples.</summary>
    [JsonPropertyName("peer_p99")]
    public double? PeerP99 { get; init; }

    /// <summary>Managed bytes that one of our operations allocates.</summary>
    [JsonPropertyName("bytes_per_op")]
    public double? BytesPerOperation { get; init; }
}
