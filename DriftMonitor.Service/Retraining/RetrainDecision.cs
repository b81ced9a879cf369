namespace RateLimitSuite.DriftMonitor.Retraining;

/// <summary>What becomes of a trip.</summary>
internal enum RetrainDecision
{
    /// <summary>A training starts.</summary>
    Start,

    /// <summary>It was acted on before.</summary>
    Known,

    /// <summary>An earlier trip's training is under way.</summary>
    Busy,

    /// <summary>Too soon after the last start.</summary>
    CoolingDown,

    /// <summary>As many started within a day as may.</summary>
    DayFull,
}
