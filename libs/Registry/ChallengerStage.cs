namespace RateLimitSuite.Registry;

/// <summary>How far a challenger has come on its way to promotion.</summary>
public enum ChallengerStage
{
    /// <summary>There is no challenger.</summary>
    None,

    /// <summary>It predicts beside the champion; its predictions never touch a bucket.</summary>
    Shadow,

    /// <summary>It governs the share of clients that <see cref="CanaryMembership"/> picks.</summary>
    Canary,
}
