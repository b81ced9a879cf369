namespace RateLimitSuite.Trainer.Promotion;

/// <summary>The evidence of all arms in one interval, by arm and model.</summary>
internal sealed class Arms(IReadOnlyDictionary<(string Arm, string Version), ArmEvidence> arms)
{
    private const string Model = "model";
    private const string Canary = "canary";
    private const string NoModel = "none";
    private const string BesideArm = "beside";

    /// <summary>What a challenger would have decided beside the champion.</summary>
    public ArmEvidence Shadow(string version) => Beside(version);

    /// <summary>What a model predicted beside the one that governed, on the same rows.</summary>
    public ArmEvidence Beside(string version) => Of(BesideArm, version);

    /// <summary>What a challenger decided for its share of clients.</summary>
    public ArmEvidence Governing(string version) => Of(Canary, version);

    /// <summary>What a champion decided; an empty version asks for the limiter without a model.</summary>
    public ArmEvidence Serving(string version) => version.Length == 0 ? Of(NoModel, "") : Of(Model, version);

    /// <summary>Decisions of all arms in a block, on average; 0: there are no blocks.</summary>
    public double DecisionsPerBlock
    {
        get
        {
            var governing = arms.Where(arm => arm.Key.Arm != BesideArm).Select(arm => arm.Value).ToList();
            var blocks = governing.Select(arm => arm.Blocks.Count).DefaultIfEmpty(0).Max();
            return blocks == 0 ? 0 : governing.Sum(arm => (double)arm.Decisions) / blocks;
        }
    }

    private ArmEvidence Of(string arm, string version) => arms.GetValueOrDefault((arm, version), ArmEvidence.None);
}
