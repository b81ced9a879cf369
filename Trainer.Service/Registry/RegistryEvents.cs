namespace RateLimitSuite.Trainer.Registry;

/// <summary>What can happen to a model, as the history and topic <c>model-events</c> spell it.</summary>
internal static class RegistryEvents
{
    public const string Registered = "registered";
    public const string Rejected = "rejected";
    public const string Shadow = "shadow";
    public const string Canary = "canary";
    public const string Promoted = "promoted";
    public const string RolledBack = "rolled_back";
    public const string Quarantined = "quarantined";
}
