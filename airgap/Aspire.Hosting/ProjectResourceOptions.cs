namespace Aspire.Hosting;

/// <summary>How much of a project's own settings AppHost takes over.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile to use. The stand-in uses none.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether launch profiles are left alone.</summary>
    public bool ExcludeLaunchProfile { get; set; }

    /// <summary>Whether Kestrel's configured endpoints are left alone.</summary>
    public bool ExcludeKestrelEndpoints { get; set; }
}
