namespace RateLimitSuite.Trainer.Promotion;

/// <summary>How far a model and what it replaces can be compared.</summary>
internal enum StageSetting
{
    /// <summary>They act at the same time: what differs is the model and its clients.</summary>
    SameTime,

    /// <summary>One after the other under a like load: what differs is the model and what the time brought.</summary>
    Afterwards,

    /// <summary>One after the other under different loads: only their predictions on the same rows can be compared.</summary>
    OtherLoad,
}
