using RateLimitSuite.Contracts.V1;

namespace RateLimitSuite.Contracts;

/// <summary>What decided, in the words that stand over a picture of SHAP values.</summary>
public static class DecisionHeadline
{
    /// <summary>Says whether the request went on and what decided that; where it was not the client's bucket, that the model did not.</summary>
    public static string Headline(this DecidedBy by, bool allowed) => $"{(allowed ? "Allowed" : "Throttled")} by the {Decider(by)}";

    private static string Decider(DecidedBy by) => by switch
    {
        DecidedBy.Bucket => "client's bucket",
        DecidedBy.Parent => "backend's parent bucket, not by the model",
        DecidedBy.Inflight => "backend's in-flight cap, not by the model",
        DecidedBy.Override => "override, not by the model",
        DecidedBy.List => "policy's list, not by the model",
        _ => "limiter",
    };
}
