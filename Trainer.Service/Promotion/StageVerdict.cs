using RateLimitSuite.Trainer.Gates;

namespace RateLimitSuite.Trainer.Promotion;

/// <summary>What the evidence of a stage says so far.</summary>
/// <param name="Enough">Whether there are enough decisions to say anything.</param>
/// <param name="Breaches">What is worse than it may be, in words; empty: nothing.</param>
/// <param name="Numbers">What was compared.</param>
internal sealed record StageVerdict(bool Enough, IReadOnlyList<string> Breaches, Numbers Numbers)
{
    /// <summary>Whether the model is worse, by evidence that suffices.</summary>
    public bool IsBreach => Enough && Breaches.Count > 0;
}
