namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a dependency must have reached.</summary>
public enum WaitType
{
    /// <summary>It runs and all its health checks pass.</summary>
    WaitUntilHealthy = 0,

    /// <summary>It has ended with the expected exit code.</summary>
    WaitForCompletion = 1,

    /// <summary>It runs.</summary>
    WaitUntilStarted = 2,
}
