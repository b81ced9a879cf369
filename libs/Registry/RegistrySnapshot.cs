namespace RateLimitSuite.Registry;

/// <summary>What the registry says is served at one moment. Two snapshots are equal when nothing that a reader must do differs.</summary>
public sealed record RegistrySnapshot
{
    /// <summary>A registry without a model.</summary>
    public static RegistrySnapshot Empty { get; } = new();

    /// <summary>The model in use; null: none yet.</summary>
    public ServedModel? Champion { get; init; }

    /// <summary>The model tried beside the champion; null: none.</summary>
    public ServedModel? Challenger { get; init; }

    /// <summary>What the challenger may do.</summary>
    public ChallengerStage ChallengerStage { get; init; }

    /// <summary>Share of clients the challenger governs, 0..1; 0 in shadow.</summary>
    public double ChallengerShare { get; init; }

    /// <summary>Salt of <see cref="CanaryMembership"/>: new for each challenger, so that the same clients are not always first.</summary>
    public string Salt { get; init; } = "";

    /// <summary>The champion before this one, kept warm for a rollback; null: none.</summary>
    public ServedModel? Previous { get; init; }

    /// <summary>Whether the champion is still held against <see cref="Previous"/> and may be taken back.</summary>
    public bool IsWatched { get; init; }
}
