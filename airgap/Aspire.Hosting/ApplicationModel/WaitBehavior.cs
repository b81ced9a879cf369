namespace Aspire.Hosting.ApplicationModel;

/// <summary>What to do when a dependency has ended for good.</summary>
public enum WaitBehavior
{
    /// <summary>Wait on, as somebody may start it again.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Give up.</summary>
    StopOnResourceUnavailable = 1,
}
