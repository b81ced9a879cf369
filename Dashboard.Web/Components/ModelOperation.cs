namespace RateLimitSuite.Dashboard.Components;

/// <summary>An operation about models, as a person is asked to confirm it.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Version">The model it is about; empty: none yet.</param>
/// <param name="Verb">On the button.</param>
/// <param name="Question">Over the form.</param>
/// <param name="Consequence">What follows, before one says yes.</param>
internal sealed record ModelOperation(ModelOperationKind Kind, string Version, string Verb, string Question, string Consequence)
{
    public static ModelOperation Retrain { get; } = new(
        ModelOperationKind.Retrain, "", "Retrain", "Train a new model now?", "It is checked by all gates, then shadowed and canaried, before it may serve.");

    public static ModelOperation RollBack { get; } = new(
        ModelOperationKind.RollBack, "", "Roll back", "Return to the former champion?", "Every limiter swaps to it within seconds.");

    public static ModelOperation Promote(string version) => new(
        ModelOperationKind.Promote, version, "Promote", $"Make {version} champion at once?", "It skips shadow and canary. Every limiter swaps to it within seconds.");
}
