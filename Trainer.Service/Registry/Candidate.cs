using System.Security.Cryptography;
using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Registry;

/// <summary>A trained model with everything that the registry keeps of it.</summary>
internal sealed record Candidate
{
    /// <summary>LightGBM text, UTF-8.</summary>
    public required byte[] Text { get; init; }

    /// <summary>When it was trained.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>One of <see cref="ModelKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>native or mlnet.</summary>
    public required string Engine { get; init; }

    /// <summary>drift, nightly, manual or first; starter for one that was not trained here.</summary>
    public required string Reason { get; init; }

    /// <summary>The champion it was held against; empty: none.</summary>
    public string ParentVersion { get; init; } = "";

    /// <summary>Hash of the schema of the rows it was trained on.</summary>
    public required string SchemaHash { get; init; }

    /// <summary>See <see cref="Extraction.DataHash"/>.</summary>
    public required string DataHash { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>JSON object.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>JSON object.</summary>
    public required string MetricsJson { get; init; }

    /// <summary>R on the hold-out; null: not measured.</summary>
    public double? Mae { get; init; }

    /// <summary>Violation rate of the hold-out's windows; null: nothing was decided there.</summary>
    public double? ViolationRate { get; init; }

    /// <summary>R of the linear baseline.</summary>
    public double? RidgeMae { get; init; }

    /// <summary>What the offline gates said.</summary>
    public required IReadOnlyList<GateOutcome> Gates { get; init; }

    /// <summary>Other forms of it.</summary>
    public IReadOnlyList<ModelFile> Files { get; init; } = [];

    /// <summary>Reasons of the gates that failed; empty: all passed.</summary>
    public string RejectedBecause => string.Join("; ", Gates.Where(gate => !gate.Passed).Select(gate => $"{gate.Gate}: {gate.Message}"));

    /// <summary>SHA-256 of the text.</summary>
    public string Sha256 => field ??= Convert.ToHexStringLower(SHA256.HashData(Text));

    /// <summary>Sorts by age and names the bytes: <c>20261121-183000-1a2b3c4d</c>.</summary>
    public string Version => $"{CreatedAt.UtcDateTime:yyyyMMdd-HHmmss}-{Sha256[..8]}";
}
