namespace RateLimitSuite.Registry;

/// <summary>The states of a registered model, as the registry and the protocol spell them.</summary>
public static class ModelStates
{
    /// <summary>Registered, passed the offline gates, not tried yet.</summary>
    public const string Candidate = "candidate";

    /// <summary>Refused by a gate; kept with its reasons.</summary>
    public const string Rejected = "rejected";

    /// <summary>The challenger, predicting only.</summary>
    public const string Shadow = "shadow";

    /// <summary>The challenger, governing a share of clients.</summary>
    public const string Canary = "canary";

    /// <summary>The model in use.</summary>
    public const string Champion = "champion";

    /// <summary>The champion before this one.</summary>
    public const string Previous = "previous";

    /// <summary>Served once, not any more.</summary>
    public const string Retired = "retired";

    /// <summary>Taken back because it was worse on live traffic; never promoted by itself again.</summary>
    public const string Quarantined = "quarantined";
}
