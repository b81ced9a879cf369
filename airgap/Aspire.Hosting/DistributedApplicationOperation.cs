namespace Aspire.Hosting;

/// <summary>What is done with the application.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>It is run on this machine.</summary>
    Run = 0,

    /// <summary>It is written down for a deployment.</summary>
    Publish = 1,
}
