using RateLimitSuite.Registry;

namespace RateLimitSuite.Limiter.Prediction;

/// <summary>The models in use at one moment. Immutable; a decision reads it once and so sees one state of the registry.</summary>
internal sealed record ModelSnapshot
{
    /// <summary>No model at all.</summary>
    public static ModelSnapshot Empty { get; } = new();

    /// <summary>The model in use; null: none.</summary>
    public LoadedModel? Champion { get; init; }

    /// <summary>The model tried beside it; null: none.</summary>
    public LoadedModel? Challenger { get; init; }

    /// <summary>The champion before, kept for a rollback.</summary>
    public LoadedModel? Previous { get; init; }

    /// <summary>Whether the champion is still held against <see cref="Previous"/>.</summary>
    public bool IsWatched { get; init; }

    /// <summary>What the challenger may do.</summary>
    public ChallengerStage Stage { get; init; }

    /// <summary>Share of clients that the challenger governs.</summary>
    public double Share { get; init; }

    /// <summary>Which clients these are.</summary>
    public CanaryMembership Canary { get; init; }

    /// <summary>When this snapshot came into use.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whether the challenger governs the client.</summary>
    public bool IsCanary(ReadOnlySpan<byte> clientIdUtf8) =>
        Stage == ChallengerStage.Canary && Challenger is not null && Canary.Contains(clientIdUtf8);

    /// <summary>The model that predicts beside the governing one, so that both can be judged on the same rows; null: none.</summary>
    /// <param name="canary">Whether the challenger governs.</param>
    public LoadedModel? Beside(bool canary) => canary ? Champion : Challenger ?? (IsWatched ? Previous : null);
}
