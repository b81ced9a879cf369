namespace RateLimitSuite.Trainer.Registry;

/// <summary>The one row that says what is served, and how far a trial or a watch has come.</summary>
/// <param name="Champion">Version in use; empty: none.</param>
/// <param name="Previous">The champion before; empty: none.</param>
/// <param name="Challenger">Version under trial, or the starter, which is only watched; empty: none.</param>
/// <param name="Stage">shadow, canary; empty: no challenger.</param>
/// <param name="Share">Share of clients that the challenger governs.</param>
/// <param name="StageSince">When stage and share were set.</param>
/// <param name="PromotedAt">When the champion became it.</param>
/// <param name="WatchUntil">Until when the champion may be taken back; null: it is not watched.</param>
/// <param name="PromotionStopped">Two rollbacks in a day: nothing is promoted by itself until a person promotes.</param>
/// <param name="ChallengerIsStarter">Whether the challenger is not under trial.</param>
internal sealed record Serving(
    string Champion, string Previous, string Challenger, string Stage, double Share, DateTimeOffset? StageSince, DateTimeOffset? PromotedAt,
    DateTimeOffset? WatchUntil, bool PromotionStopped, bool ChallengerIsStarter)
{
    /// <summary>Whether there is a model in use.</summary>
    public bool HasChampion => Champion.Length > 0;

    /// <summary>The challenger, where it is under trial; empty else.</summary>
    public string UnderTrial => ChallengerIsStarter ? "" : Challenger;
}
