namespace RateLimitSuite.Registry;

/// <summary>What the registry knows about one model, without its text.</summary>
public sealed record ModelRecord
{
    /// <summary>Unique and never used again.</summary>
    public required string Version { get; init; }

    /// <summary>Of the model's text, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>One of <see cref="ModelStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>When it was registered, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The champion it was trained beside; empty: none.</summary>
    public string ParentVersion { get; init; } = "";

    /// <summary>full, or refit of the parent's leaf values.</summary>
    public required string Kind { get; init; }

    /// <summary>native or mlnet.</summary>
    public required string Engine { get; init; }

    /// <summary>Why it was trained: drift, nightly, manual or first.</summary>
    public required string Reason { get; init; }

    /// <summary>Hash of the feature schema it was trained with.</summary>
    public required string SchemaHash { get; init; }

    /// <summary>SHA-256 of the canonical training data.</summary>
    public required string DataHash { get; init; }

    /// <summary>Rows it was trained and judged with.</summary>
    public required long Rows { get; init; }

    /// <summary>Length of its text.</summary>
    public required long Bytes { get; init; }

    /// <summary>R on the hold-out, see <see cref="RelativeError"/>; null: never measured.</summary>
    public double? Mae { get; init; }

    /// <summary>Violation rate p of the hold-out's windows; null: no decisions were judged there.</summary>
    public double? ViolationRate { get; init; }

    /// <summary>R of the linear baseline on the same rows.</summary>
    public double? RidgeMae { get; init; }

    /// <summary>Training parameters, JSON.</summary>
    public required string ParametersJson { get; init; }

    /// <summary>All numbers measured at validation, JSON.</summary>
    public required string MetricsJson { get; init; }

    /// <summary>Why it was refused or taken back; empty: it was not.</summary>
    public string RejectedBecause { get; init; } = "";
}
