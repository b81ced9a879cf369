namespace RateLimitSuite.Smoke;

/// <summary>The steps of one turn of the loop, in order.</summary>
internal enum SmokeStep
{
    /// <summary>Every service answers.</summary>
    SuiteUp,

    /// <summary>Requests are decided.</summary>
    TrafficFlows,

    /// <summary>A model governs: the one kept from an earlier run, or the first of this one.</summary>
    ModelServed,

    /// <summary>Explanations reach Kafka.</summary>
    ExplanationsPublished,

    /// <summary>The backend's capacity was cut.</summary>
    CapacityCut,

    /// <summary>The drift monitor tripped on it: it alerted and asked for a model.</summary>
    DriftFound,

    /// <summary>A candidate was trained.</summary>
    ModelTrained,

    /// <summary>It passed the offline gates and was registered.</summary>
    GatesPassed,

    /// <summary>It governs its first canary share.</summary>
    Canary,

    /// <summary>It governs everybody.</summary>
    FullShare,

    /// <summary>It is champion.</summary>
    Promoted,

    /// <summary>The Limiter decides with it.</summary>
    SwappedInLimiter,

    /// <summary>The Explainer explains with it.</summary>
    SwappedInExplainer,

    /// <summary>At least 95 % of decisions carry the new version.</summary>
    DecisionsCarryIt,

    /// <summary>Under the default policy refill_rate is the clamped prediction.</summary>
    DefaultPolicyFollowsIt,

    /// <summary>The drift monitor judged a window of the newest model with R at or under its limit.</summary>
    ErrorBack,

    /// <summary>The same with p at or under its limit, and R as well.</summary>
    ViolationsBack,
}
