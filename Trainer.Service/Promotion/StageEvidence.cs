namespace RateLimitSuite.Trainer.Promotion;

/// <summary>What a model did, and what is known of the one that it replaces.</summary>
/// <param name="Model">The model.</param>
/// <param name="Replaced">The champion, or the limiter without a model, at the same time or before.</param>
/// <param name="Beside">What the replaced model predicted on the model's own rows; empty: it did not.</param>
/// <param name="Setting">How far the two can be compared.</param>
internal sealed record StageEvidence(ArmEvidence Model, ArmEvidence Replaced, ArmEvidence Beside, StageSetting Setting)
{
    // Offered load that differs by more than this makes other throttles, failures and latencies by itself.
    private const double LoadFactor = 1.5;

    /// <summary>Two that acted at the same time, on different clients.</summary>
    public static StageEvidence AtOnce(Arms arms, ArmEvidence model, string replaced) =>
        new(model, arms.Serving(replaced), arms.Beside(replaced), StageSetting.SameTime);

    /// <summary>Two of which one took over from the other.</summary>
    public static StageEvidence Afterwards(Arms before, Arms since, ArmEvidence model, string replaced)
    {
        var (loadBefore, loadSince) = (before.DecisionsPerBlock, since.DecisionsPerBlock);
        var alike = Math.Max(loadBefore, loadSince) <= LoadFactor * Math.Min(loadBefore, loadSince);
        return new(model, before.Serving(replaced), since.Beside(replaced), alike ? StageSetting.Afterwards : StageSetting.OtherLoad);
    }
}
