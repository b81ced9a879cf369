namespace RateLimitSuite.Trainer.Promotion;

/// <summary>The evidence of all arms in one interval, by arm and model.</summary>
internal sealed class Arms(IReadOnlyDictionary<(string Arm, string Version), ArmEvidence> arms)
{
    private const string Model = "model";
    private const string Canary = "canary";
    private const string NoModel = "none";
    private const string Challenger = "challenger";

    /// <summary>What a challenger would have decided beside the champion.</summary>
    public ArmEvidence Shadow(string version) => Of(Challenger, version);

    /// <summary>What a challenger decided for its share of clients.</summary>
    public ArmEvidence Governing(string version) => Of(Canary, version);

    /// <summary>What a champion decided; an empty version asks for the limiter without a model.</summary>
    public ArmEvidence Serving(string version) => version.Length == 0 ? Of(NoModel, "") : Of(Model, version);

    private ArmEvidence Of(string arm, string version) => arms.GetValueOrDefault((arm, version), ArmEvidence.None);
}
