namespace RateLimitSuite.Trainer.Registry;

/// <summary>How a registered model came to be, as the registry spells it.</summary>
internal static class ModelKinds
{
    /// <summary>Trained from nothing.</summary>
    public const string Full = "full";

    /// <summary>A champion's structure with leaf values of fresh rows.</summary>
    public const string Refit = "refit";

    /// <summary>Shipped, of other traffic: watched where the registry was empty, never tried.</summary>
    public const string Starter = "starter";
}
