namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the application runs.</summary>
    Session = 0,

    /// <summary>On after the application's end.</summary>
    Persistent = 1,
}
